//! `GET /tickets/{ticket}?key=…`: a ticket for whom it was passed on to, or shared with. It shows that ticket and its night, and
//! nothing of the order it was bought with; its files and what can be done with it stand below the same address.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, Responder};
use askama::Template;
use chrono_tz::Tz;
use domain::language::Language;
use domain::night::BusinessNight;
use ui::{Shell, Site, format, text};
use uuid::Uuid;
use web::{Fault, Html, Locale};

use crate::Shop;
use crate::kept::{self, Keeping};
use crate::orders::private;
use crate::orders::view::OrderQuery;
use crate::papers::folder::{self, Folder};
use crate::papers::{calendar, tickets, wallet};
use crate::tickets::card::{self, Card, Passes};

#[derive(Template)]
#[template(path = "my/ticket.html")]
struct TicketPage {
    shell: Shell,
    lead: String,
    done: String,
    key: String,
    passes: Passes,
    /// Where there is something to keep on a phone.
    keeping: Option<Keeping>,
    /// Where the code moves; else empty.
    codes_script: String,
    ticket: Card,
    event_title: String,
    poster_url: String,
    event_date: String,
    event_line: String,
    zone: String,
    venue: String,
    address: String,
}

/// The page.
pub async fn show(
    shop: Data<Shop>,
    id: Path<Uuid>,
    query: Query<OrderQuery>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let folder = folder::open_ticket(&shop, *id, &query.key, locale.0).await?;
    let page = page(&shop, &folder, &query, locale.0, &request)?;
    let until = page.keeping.as_ref().map(Keeping::until);
    Ok(kept::offered(private(Html(page).respond_to(&request)), until))
}

/// Its PDF.
pub async fn pdf(
    shop: Data<Shop>,
    id: Path<Uuid>,
    query: Query<OrderQuery>,
    locale: Locale,
) -> Result<HttpResponse, Fault> {
    let folder = folder::open_ticket(&shop, *id, &query.key, locale.0).await?;
    tickets::print_one(&shop, &folder, *id).await
}

/// Its night in the calendar.
pub async fn entry(
    shop: Data<Shop>,
    id: Path<Uuid>,
    query: Query<OrderQuery>,
    locale: Locale,
) -> Result<HttpResponse, Fault> {
    let folder = folder::open_ticket(&shop, *id, &query.key, locale.0).await?;
    folder.ticket(*id)?;
    Ok(calendar::entry(&shop, &folder, &id.to_string()))
}

/// Its pass for Apple's phones.
pub async fn apple(
    shop: Data<Shop>,
    id: Path<Uuid>,
    query: Query<OrderQuery>,
    locale: Locale,
) -> Result<HttpResponse, Fault> {
    let folder = folder::open_ticket(&shop, *id, &query.key, locale.0).await?;
    wallet::apple_of(&shop, &folder, *id).await
}

/// Its way into Google's wallet.
pub async fn google(
    shop: Data<Shop>,
    id: Path<Uuid>,
    query: Query<OrderQuery>,
    locale: Locale,
) -> Result<HttpResponse, Fault> {
    let folder = folder::open_ticket(&shop, *id, &query.key, locale.0).await?;
    wallet::google_of(&shop, &folder, *id).await
}

fn page(
    shop: &Shop,
    folder: &Folder,
    query: &OrderQuery,
    lang: Language,
    request: &HttpRequest,
) -> Result<TicketPage, Fault> {
    let event = &folder.order.event;
    let mut ticket = folder.order.tickets.first().ok_or_else(Fault::not_found)?.clone();
    if folder.shared {
        // To whom its buyer has passed it on is none of this guest's business.
        ticket.passed_on = None;
    }
    let tz: Tz = event.time_zone.parse().unwrap_or_default();
    let face = match (&ticket.code, &ticket.passed_on) {
        (Some(_), _) if folder.shared => "guests-shared-ticket",
        (Some(_), _) => "guests-your-ticket",
        (None, Some(_)) => "guests-ticket-passed-on",
        (None, None) if ticket.handed_back => "guests-ticket-handed-back",
        (None, None) => "guests-ticket-gone",
    };
    let shell = Shell::new(Site::Tickets, lang, text(lang, face, &[]), &shop.site)
        .at(crate::path_of(request))
        .unlisted();
    let now = shop.clock.now();
    let mut card = Card::new(&ticket, event, format!("/tickets/{}", ticket.id), None, lang, now)?;
    card.changeable &= !folder.shared;
    card.hands_back = card.changeable;
    Ok(TicketPage {
        shell,
        lead: text(lang, &format!("{face}-lead"), &[]),
        done: query.done.clone().unwrap_or_default(),
        key: shop.links.ticket_key(ticket.id.into()),
        passes: Passes::of(shop),
        keeping: if card.good { Keeping::of(&card.path, event, lang, now) } else { None },
        codes_script: card::codes_script([&card]),
        ticket: card,
        event_title: event.title.clone(),
        poster_url: format!("/e/{}/poster.svg?shape=banner&lang={}", event.slug, lang.code()),
        event_date: format::calendar_date(lang, BusinessNight::of(event.starts_at, tz).date()),
        event_line: format::night(lang, event.starts_at, event.ends_at, tz),
        zone: format::zone(lang, tz),
        venue: event.venue_name.clone(),
        address: event.venue_address.clone(),
    })
}
