//! `GET` and `POST …/exchange`, below a ticket of an order's page: what it can be exchanged for and what that costs, and the order that
//! does it.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, Responder};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use db::Conn;
use domain::event::{EventStatus, SaleState};
use domain::exchange::{self, NotExchanged};
use domain::ids::{TicketId, TicketTypeId};
use domain::language::Language;
use domain::money::{Currency, Money};
use domain::order::Channel;
use domain::quote::quote;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use ui::{Shell, Site, format, text};
use uuid::Uuid;
use web::redirect::see_other;
use web::{ClientAddress, Fault, Html, Locale, PageForm};

use super::old_ticket::{self, OldTicket};
use super::standing::{self, Standing};
use super::store;
use crate::catalog::store::{EventRow, TypeRow};
use crate::checkout::place;
use crate::inventory::price::{Night, Priced};
use crate::inventory::{Buyer, EventName, HoldRequest, Wanted};
use crate::orders::private;
use crate::orders::store::OrderRow;
use crate::orders::view::{self, OrderQuery};
use crate::payments::resume::Next;
use crate::refunds::rest;
use crate::tickets::{change, doorstep};
use crate::waiting_room::guard::{self, Turn};
use crate::waiting_room::page::send_to_wait_for;
use crate::{Shop, catalog};

#[derive(Template)]
#[template(path = "my/exchange.html")]
struct ExchangePage {
    shell: Shell,
    reference: String,
    ticket: String,
    event_title: String,
    event_line: String,
    kinds: Vec<Kind>,
    /// An exchange of this ticket that waits to be paid: the page leads there and offers no other.
    standing: Option<Standing>,
    until: String,
    action: String,
    back: String,
    once: String,
}

/// A type that the ticket can be exchanged for.
struct Kind {
    id: String,
    name: String,
    description: String,
    /// What is paid beside the ticket.
    price: String,
}

/// What the guest chose.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeForm {
    /// The page's own: a second click is the same order.
    once: String,
    /// The other type.
    #[serde(default)]
    to: String,
}

/// Until when a guest may exchange tickets of an order by a click.
pub(crate) fn until(
    order: &OrderRow,
    event: &EventRow,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, NotExchanged> {
    // The tables' CHECKs know the same words.
    let night = EventStatus::from_code(&event.status).unwrap_or(EventStatus::Archived);
    let channel = Channel::from_code(&order.channel).unwrap_or(Channel::Comp);
    exchange::by_guest_until(event.terms().exchange_until, night, channel, now)
}

/// Says what a ticket can be exchanged for.
pub async fn show(
    shop: Data<Shop>,
    path: Path<(String, Uuid)>,
    query: Query<OrderQuery>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let (reference, ticket) = path.into_inner();
    let order = view::open(&shop, &reference, &query.key).await?;
    let (lang, now) = (locale.0, shop.clock.now());
    let mut conn = shop.db.conn().await?;
    is_of(&mut conn, &order, ticket.into()).await?;
    drop(conn);
    doorstep::ask(&shop, ticket.into()).await?;
    let mut conn = shop.db.conn().await?;
    let event = catalog::store::event(&mut conn, order.event_id).await?.ok_or_else(Fault::not_found)?;
    let tz: Tz = event.time_zone.parse().unwrap_or_default();
    let standing = standing::of(&mut conn, &shop.links, ticket.into(), lang, tz).await?;
    let kinds = if standing.is_some() {
        Vec::new()
    } else {
        let old = goes(&mut conn, &order, &event, ticket.into(), now).await?;
        kinds(&mut conn, &old, &event, lang, now).await?
    };
    let issued = crate::tickets::store::of_order(&mut conn, order.key()).await?;
    drop(conn);
    let issued = issued.into_iter().find(|row| row.id == ticket).ok_or_else(Fault::not_found)?;
    let title = text(lang, "guests-exchange", &[]);
    let until = event.terms().exchange_until;
    let page = ExchangePage {
        shell: Shell::new(Site::Tickets, lang, title, &shop.site).at(crate::path_of(&request)).unlisted(),
        reference: order.reference.clone(),
        ticket: format!("{} · {}", issued.type_name, issued.holder_name),
        event_title: event.title.clone(),
        event_line: format::night(lang, event.starts_at, event.ends_at, tz),
        kinds,
        standing,
        until: until.map(|until| format::date_time(lang, until, tz)).unwrap_or_default(),
        action: format!("/orders/{}/tickets/{ticket}/exchange?key={}", order.reference, query.key),
        back: shop.links.path_of(order.key(), &order.reference),
        once: Uuid::now_v7().to_string(),
    };
    Ok(private(Html(page).respond_to(&request)))
}

/// Places the order that exchanges the ticket, and leads to its payment page, or to its own where nothing is to be paid.
pub async fn submit(
    shop: Data<Shop>,
    path: Path<(String, Uuid)>,
    query: Query<OrderQuery>,
    from: ClientAddress,
    request: HttpRequest,
    form: PageForm<ExchangeForm>,
) -> Result<HttpResponse, Fault> {
    let (reference, ticket) = path.into_inner();
    let order = view::open(&shop, &reference, &query.key).await?;
    let again = format!("/orders/{}/tickets/{ticket}/exchange?key={}", order.reference, query.key);
    let (Ok(once), Ok(to)) = (form.once.parse::<Uuid>(), form.to.parse::<Uuid>()) else {
        return Ok(private(see_other(&again)));
    };
    let key = format!("exchange:{ticket}:{once}");
    let hold = HoldRequest { client: Some(from.as_str().to_owned()), ..hold(&order, ticket.into(), to, key) };
    let mut conn = shop.db.conn().await?;
    is_of(&mut conn, &order, ticket.into()).await?;
    drop(conn);
    doorstep::ask(&shop, ticket.into()).await?;
    if !ready(&shop, &order, ticket.into(), &hold).await? {
        // Another tab has one open: the page says so.
        return Ok(private(see_other(&again)));
    }
    // Whoever takes a place waits for it like everybody.
    let pass = match guard::turn(&shop, &request, &from, &hold).await? {
        Turn::Go(pass) => pass,
        Turn::Wait(waiting) => {
            let night = catalog::store::event(&mut *shop.db.conn().await?, order.event_id).await?;
            let slug = night.ok_or_else(Fault::not_found)?.slug;
            return Ok(private(send_to_wait_for(waiting, &slug, &again)));
        }
    };
    // On the heap: Stripe's answers make it large.
    let placed = Box::pin(place::place(&shop, hold)).await;
    if let Err(fault) = &placed {
        guard::settle(&shop, pass.as_ref(), fault).await;
    }
    let placed = placed?;
    tracing::info!(order = placed.reference, %ticket, "a guest exchanges a ticket");
    Ok(private(match placed.next {
        Next::PayAt(url) => {
            let mut conn = shop.db.conn().await?;
            let twice = standing::beside(&mut conn, ticket.into(), placed.id).await?;
            see_other(if twice { &again } else { &url })
        }
        Next::Look | Next::Busy | Next::Unavailable | Next::Closed => {
            see_other(&shop.links.path_of(placed.id, &placed.reference))
        }
    }))
}

/// Whether the exchange can be placed, or stands already; not while another order of the ticket waits to be paid.
async fn ready(shop: &Shop, order: &OrderRow, ticket: TicketId, hold: &HoldRequest) -> Result<bool, Fault> {
    let mut conn = shop.db.conn().await?;
    // First who waits, then whose it is: an order that a second click finds waiting is found by its key, too.
    let waits = !store::pending(&mut conn, ticket).await?.is_empty();
    if store::is_placed(&mut conn, &hold.key, &hold.fingerprint).await? {
        return Ok(true);
    }
    if waits {
        return Ok(false);
    }
    let event = catalog::store::event(&mut conn, order.event_id).await?.ok_or_else(Fault::not_found)?;
    match goes(&mut conn, order, &event, ticket, shop.clock.now()).await {
        Ok(_) => Ok(true),
        // A second click may have been faster, with this very page: then its order is found by the key.
        Err(fault) if fault.code() == "exchange_over" => Ok(true),
        Err(fault) => Err(fault),
    }
}

/// The ticket, if its buyer may exchange it now: 404 for what is not of this order, 409 `exchange_over` for what can't be exchanged or
/// no longer, `guest_inside` or `door_silent` where doors that were open are shut again, and what [`rest::stands`] says of what would
/// stay of the order.
async fn goes(
    conn: &mut Conn,
    order: &OrderRow,
    event: &EventRow,
    ticket: TicketId,
    now: DateTime<Utc>,
) -> Result<OldTicket, Fault> {
    is_of(conn, order, ticket).await?;
    until(order, event, now).map_err(|why| over().detail(why.to_string()))?;
    // First what has words of its own: the lock refuses that as well.
    if event.entry_from > now
        && let Some(why) = doorstep::fixed(conn, event, ticket).await?
    {
        return Err(change::fixed(why));
    }
    rest::stands(conn, order, &[ticket.uuid()]).await?;
    old_ticket::lock(conn, ticket, now).await?.ok_or_else(over)
}

/// 404 for a ticket of another order. Before anything else: the order that exchanges a ticket is opened for nobody but its buyer, and
/// the ticket's id is known to whoever was shown its code.
async fn is_of(conn: &mut Conn, order: &OrderRow, ticket: TicketId) -> Result<(), Fault> {
    let of = crate::tickets::store::order_of(conn, ticket).await?;
    if of == Some(order.key()) { Ok(()) } else { Err(Fault::not_found()) }
}

fn over() -> Fault {
    Fault::conflict("exchange_over")
}

/// The types that it can be exchanged for now, as the engine would price them.
async fn kinds(
    conn: &mut Conn,
    old: &OldTicket,
    event: &EventRow,
    lang: Language,
    now: DateTime<Utc>,
) -> Result<Vec<Kind>, Fault> {
    let currency: Currency = old.order.currency.parse().map_err(|_| Fault::not_found())?;
    let left = catalog::store::left(conn, &[event.id]).await?;
    let left = |limit: Uuid| left.get(&limit).copied().unwrap_or(0);
    let night = Night { fee: event.fee(), currency, now };
    let kind = |row: TypeRow| {
        let until = row.sale_until.unwrap_or(event.ends_at).min(event.ends_at);
        let open = matches!(SaleState::at(row.sale_from, until, now), SaleState::Open);
        let (id, terms) = (TicketTypeId::from_uuid(row.id), row.terms());
        let hidden = terms.access_code.is_some();
        let priced = Priced { id, name: row.name, price_minor: row.price_minor, terms };
        if !open || hidden || row.min_per_order > 1 || priced.left(left) < 1 {
            return None;
        }
        let mut part = priced.parts(1, left, night).into_iter().next()?;
        let name = part.item.name.clone();
        old_ticket::beside(old, &priced, &mut part)?;
        let total = quote(&[part.item], None, currency).ok()?.total;
        total.is_payable().then(|| Kind {
            id: row.id.to_string(),
            name,
            description: row.description,
            price: price(lang, total),
        })
    };
    let kinds = catalog::store::types(conn, &[event.id]).await?;
    Ok(kinds.into_iter().filter_map(kind).collect())
}

fn price(lang: Language, difference: Money) -> String {
    if difference.is_zero() {
        text(lang, "guests-exchange-even", &[])
    } else {
        text(lang, "guests-exchange-more", &[("amount", &format::money(lang, difference))])
    }
}

/// The request for the hold engine, in the name of who bought the ticket.
fn hold(order: &OrderRow, ticket: TicketId, to: Uuid, key: String) -> HoldRequest {
    HoldRequest {
        event: EventName::Id(order.event_id),
        items: vec![Wanted::of(TicketTypeId::from_uuid(to), 1)],
        buyer: Buyer {
            name: order.buyer_name.clone(),
            email: order.buyer_email.clone(),
            language: order.language(),
        },
        client: None,
        access_code: None,
        promo: None,
        answers: BTreeMap::new(),
        claim: None,
        exchange: Some(ticket),
        table: None,
        desk: None,
        fingerprint: Sha256::digest(to.as_bytes()).to_vec(),
        key,
        traceparent: None,
    }
}
