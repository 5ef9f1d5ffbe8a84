//! A paid order as its papers need it, opened by its key.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use chrono_tz::Tz;
use documents::{Night, Pass, PassArt, PrintedTicket};
use domain::ids::{EventId, TicketId};
use domain::language::Language;
use domain::money::Money;
use domain::order::OrderReference;
use ui::poster::{self, Shape};
use ui::{format, text};
use uuid::Uuid;
use web::Fault;

use super::prices::{Price, prices};
use crate::catalog::store::EventRow;
use crate::orders::private;
use crate::orders::view::{self, Code, OrderView, TicketView};
use crate::wallets::face::lets_in;
use crate::wallets::key::Hands;
use crate::{Shop, tickets};

/// A paid order, and the language of the page that it was asked from.
pub(crate) struct Folder {
    pub order: OrderView,
    pub reference: OrderReference,
    pub lang: Language,
    /// Leads back to the page that shows these tickets.
    pub page_url: String,
    /// Whether its papers name prices: not where a ticket was passed on or shared.
    pub priced: bool,
    /// Whether it is shown to a guest with whom it was shared: it is still its buyer's.
    pub shared: bool,
}

/// Opens a paid order: 404 for every other, as for a wrong key.
pub(crate) async fn open(shop: &Shop, reference: &str, key: &str, lang: Language) -> Result<Folder, Fault> {
    let row = view::open(shop, reference, key).await?;
    if row.state != "paid" {
        return Err(view::closed());
    }
    let page_url = shop.links.url_of(row.key(), &row.reference);
    let reference = row.reference.parse().map_err(Fault::internal)?;
    let order = view::read(shop, row).await?;
    Ok(Folder { order, reference, lang, page_url, priced: true, shared: false })
}

/// Opens a ticket that was passed on or shared, by the key of its own page: 404 alike for whatever does not open.
pub(crate) async fn open_ticket(shop: &Shop, id: Uuid, key: &str, lang: Language) -> Result<Folder, Fault> {
    let ticket = TicketId::from_uuid(id);
    if !shop.links.opens_ticket(ticket, key) {
        return Err(view::closed());
    }
    let mut conn = shop.db.conn().await?;
    let found = tickets::store::all(&mut conn, vec![id]).await?.pop();
    let (row, reference) = found.ok_or_else(view::closed)?;
    let shared = tickets::store::passed_on(&mut conn, ticket).await?.is_none();
    drop(conn);
    let reference = reference.parse().map_err(Fault::internal)?;
    let page_url = shop.links.ticket_url(ticket);
    let order = view::read_around(shop, row).await?;
    Ok(Folder { order, reference, lang, page_url, priced: false, shared })
}

/// Opens a ticket for a pass that a phone has of it, whatever became of the ticket since. The phone's key was looked at.
pub(crate) async fn open_pass(shop: &Shop, id: Uuid, hands: Hands, lang: Language) -> Result<Folder, Fault> {
    let mut conn = shop.db.conn().await?;
    let found = tickets::store::all(&mut conn, vec![id]).await?.pop();
    let (row, reference) = found.ok_or_else(view::closed)?;
    drop(conn);
    let page_url = match hands {
        Hands::Buyer => shop.links.url_of(row.order_id.into(), &reference),
        Hands::Friend => shop.links.ticket_url(TicketId::from_uuid(id)),
    };
    let reference = reference.parse().map_err(Fault::internal)?;
    let order = view::read_around(shop, row).await?;
    Ok(Folder { order, reference, lang, page_url, priced: hands == Hands::Buyer, shared: false })
}

impl Folder {
    /// The tickets that let somebody in.
    pub(crate) fn valid(&self) -> impl Iterator<Item = &TicketView> {
        self.order.tickets.iter().filter(|ticket| ticket.code.is_some())
    }

    /// One of them.
    pub(crate) fn ticket(&self, id: Uuid) -> Result<&TicketView, Fault> {
        self.valid().find(|ticket| ticket.id == id).ok_or_else(view::closed)
    }

    /// The night.
    pub(crate) fn night(&self) -> Night {
        night(&self.order.event)
    }

    /// Tickets as they are printed.
    pub(crate) fn printed<'a>(&self, tickets: impl Iterator<Item = &'a TicketView>) -> Vec<PrintedTicket> {
        let prices = prices(&self.order.lines);
        let currency = self.order.quote.currency;
        let price = |ticket: &TicketView| {
            let place = usize::try_from(ticket.ordinal - 1).unwrap_or_default();
            let known = prices.get(&ticket.line).and_then(|places| places.get(place)).copied();
            known.unwrap_or(Price { total_minor: 0, fee_minor: 0, taxed: false })
        };
        let print = |ticket: &TicketView| {
            let Price { total_minor, fee_minor, taxed } = price(ticket);
            PrintedTicket {
                ticket_type: ticket.type_name.clone(),
                holder: Some(ticket.holder.clone()),
                price: self.priced.then(|| Money::new(total_minor, currency)),
                fee: self.priced.then(|| Money::new(fee_minor, currency)),
                with_tax: taxed,
                code: ticket.code.as_ref().and_then(Code::fixed).unwrap_or_default().to_owned(),
                moving: (ticket.code == Some(Code::Moving)).then(|| self.page_url.clone()),
                admit_from: ticket.lets_in_from,
                admit_until: ticket.lets_in_until,
            }
        };
        tickets.map(print).collect()
    }

    /// From when and until when a ticket lets in, where that is not as long as the doors are open.
    fn arrive_by(&self, ticket: &TicketView) -> Vec<String> {
        let hour = |key: &str, at| {
            let at = format::hour(self.lang, at, zone(&self.order.event));
            text(self.lang, key, &[("time", &at)])
        };
        let times =
            [("purchase-lets-in-from", ticket.lets_in_from), ("guest-list-arrive-by", ticket.lets_in_until)];
        times.into_iter().filter_map(|(key, at)| Some(hour(key, at?))).collect()
    }

    /// The night's art, as the order's page shows it.
    pub(crate) fn poster(&self) -> String {
        let event = &self.order.event;
        let (weekday, day, month) = format::night_date(self.lang, event.starts_at, zone(event));
        poster::svg(event.id, &event.title, &format!("{weekday} {day} {month}"), Shape::Banner)
    }

    /// A ticket as both wallets take it, if it lets somebody in.
    pub(crate) fn pass(&self, shop: &Shop, id: Uuid) -> Result<Pass, Fault> {
        self.ticket(id)?;
        self.pass_as_it_is(shop, id)
    }

    /// The same for who has a pass already: one that lets nobody in any more is void.
    pub(crate) fn pass_as_it_is(&self, shop: &Shop, id: Uuid) -> Result<Pass, Fault> {
        let ticket = self.order.tickets.iter().find(|ticket| ticket.id == id).ok_or_else(view::closed)?;
        let hands = if self.priced { Hands::Buyer } else { Hands::Friend };
        let code = ticket.code.as_ref().filter(|_| lets_in(&ticket.state, &self.order.event));
        let mark = ui::assets::own().bytes("maguey.svg").unwrap_or_default();
        Ok(Pass {
            language: self.lang,
            mode: shop.site.mode,
            club: text(self.lang, "shared-club", &[]),
            event: EventId::from_uuid(self.order.event.id),
            night: self.night(),
            ticket: TicketId::from_uuid(ticket.id),
            ticket_type: ticket.type_name.clone(),
            holder: Some(ticket.holder.clone()),
            order: self.reference.clone(),
            order_url: self.page_url.clone(),
            code: code.and_then(Code::fixed).map(str::to_owned),
            moves: code == Some(&Code::Moving),
            entry_notes: self.arrive_by(ticket),
            art: PassArt {
                mark: String::from_utf8_lossy(mark).into_owned(),
                strip: Some(poster::svg(self.order.event.id, "", "", Shape::Banner)),
            },
            updates: Some(shop.pass_keys.updates(TicketId::from_uuid(ticket.id), hands, self.lang)),
            made_at: shop.clock.now(),
        })
    }
}

/// The night as papers name it.
fn night(event: &EventRow) -> Night {
    Night {
        title: event.title.clone(),
        starts: event.starts_at,
        ends: event.ends_at,
        zone: zone(event),
        venue: event.venue_name.clone(),
        address: event.venue_address.clone(),
    }
}

fn zone(event: &EventRow) -> Tz {
    event.time_zone.parse().unwrap_or_default()
}

/// Hands a file out: kept by nobody in between, and named. A browser shows what it can show.
pub(crate) fn file(content_type: &'static str, shown: bool, name: &str, bytes: Vec<u8>) -> HttpResponse {
    let how = if shown { "inline" } else { "attachment" };
    private(
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, content_type))
            .insert_header((CONTENT_DISPOSITION, format!("{how}; filename=\"{name}\"")))
            .body(bytes),
    )
}
