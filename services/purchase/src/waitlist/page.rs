//! `GET /waitlist/{id}?key=…`: a guest's own page of a place in line: how it stands, and what can be done about it.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, REFERRER_POLICY};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::ids::WaitlistId;
use domain::language::Language;
use domain::night::BusinessNight;
use serde::Deserialize;
use ui::{Shell, Site, format, text, try_text};
use web::redirect::see_other;
use web::{Fault, Locale};

use super::store::{self, EntryRow};
use crate::catalog::event_page::Entered;
use crate::catalog::night::{Night, OnSale};
use crate::catalog::questions::{self, Asking};
use crate::catalog::store::EventRow;
use crate::inventory::Wanted;
use crate::{Shop, catalog, orders};

/// What stands in the page's address besides the party.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct EntryQuery {
    /// Opens the page.
    #[serde(default)]
    pub key: String,
}

/// What the guest had written to claim the offer, and what was wrong.
#[derive(Debug, Clone, Default)]
pub(super) struct Claiming {
    pub quantity: String,
    pub name: String,
    pub promo: String,
    /// Answers to the night's questions, by their places.
    pub answers: HashMap<String, String>,
    /// What was wrong with them.
    pub answer_faults: HashMap<String, String>,
    /// The texts' key of what was wrong with it as a whole.
    pub notice: Option<String>,
    pub notice_args: Vec<(&'static str, String)>,
    pub name_error: Option<&'static str>,
    pub promo_error: Option<&'static str>,
    pub status: StatusCode,
}

#[derive(Template)]
#[template(path = "waitlist/entry.html")]
struct EntryPage {
    shell: Shell,
    state: &'static str,
    title: String,
    lead: String,
    event_title: String,
    event_slug: String,
    event_date: String,
    event_line: String,
    zone: String,
    venue: String,
    /// "2 × Regular".
    wish: String,
    /// What all of it costs, while it is offered.
    total: String,
    most: u32,
    claiming: Claiming,
    asking: Option<Asking>,
    notice: String,
    notice_line: String,
    name_error: String,
    promo_error: String,
    claim_path: String,
    leave_path: String,
}

/// The party behind an address: 404 for a wrong key, whether or not there is such a party.
pub(super) async fn open(shop: &Shop, id: &str, key: &str) -> Result<EntryRow, Fault> {
    let id: WaitlistId = id.parse().map_err(|_| Fault::not_found())?;
    if !shop.line_links.opens(id, key) {
        return Err(Fault::not_found());
    }
    store::find(&mut *shop.db.conn().await?, id).await?.ok_or_else(Fault::not_found)
}

/// Shows the page. Who has claimed the offer is led to the order.
pub async fn show(
    shop: Data<Shop>,
    id: Path<String>,
    query: Query<EntryQuery>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let entry = open(&shop, &id, &query.key).await?;
    if let Some(order) = entry.order_id {
        let order = orders::store::find(&mut *shop.db.conn().await?, order.into()).await?;
        let order = order.ok_or_else(Fault::not_found)?;
        return Ok(see_other(&shop.links.path_of(order.key(), &order.reference)));
    }
    let claiming = Claiming {
        quantity: entry.party.to_string(),
        name: entry.name.clone(),
        status: StatusCode::OK,
        ..Claiming::default()
    };
    render(&shop, &entry, locale.0, &request, claiming).await
}

/// The page, as an answer that nobody keeps and whose address no other site learns.
pub(super) async fn render(
    shop: &Shop,
    entry: &EntryRow,
    lang: Language,
    request: &HttpRequest,
    claiming: Claiming,
) -> Result<HttpResponse, Fault> {
    let status = claiming.status;
    let page = page(shop, entry, lang, request, claiming).await?;
    Ok(HttpResponse::build(status)
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .content_type("text/html; charset=utf-8")
        .body(page.render()?))
}

async fn page(
    shop: &Shop,
    entry: &EntryRow,
    lang: Language,
    request: &HttpRequest,
    claiming: Claiming,
) -> Result<EntryPage, Fault> {
    let now = shop.clock.now();
    let mut conn = shop.db.conn().await?;
    let event = catalog::store::event(&mut conn, entry.event_id).await?.ok_or_else(Fault::not_found)?;
    let before = store::before(&mut conn, entry).await?;
    drop(conn);
    let tz: Tz = event.time_zone.parse().unwrap_or_default();
    let night = shop.shelf.night(&event.slug, now).await?.filter(|night| night.id == event.id);
    let kind = |kind: &&OnSale| kind.id.uuid() == entry.ticket_type_id;
    let kind_name = night.as_ref().and_then(|n| n.types.iter().find(kind)).map(|kind| kind.name.clone());
    let kind_name = kind_name.unwrap_or_default();
    let party = entry.party.unsigned_abs();
    let quote = night.as_ref().and_then(|n| n.quote(&[Wanted::of(entry.ticket_type_id.into(), party)], now));
    let state = situation(entry, &event, now);
    let told = format::date_time(lang, entry.offered_until.unwrap_or(now), tz);
    let said = |code: Option<&'static str>| {
        code.map(|code| text(lang, &format!("shared-error-{}", code.replace('_', "-")), &[]))
            .unwrap_or_default()
    };
    let notice = claiming.notice.as_deref();
    let args: Vec<(&'static str, &dyn ui::Argument)> =
        claiming.notice_args.iter().map(|(name, value)| (*name, value as &dyn ui::Argument)).collect();
    let part = |name: &str| {
        notice.and_then(|key| try_text(lang, &format!("{key}{name}"), &args)).unwrap_or_default()
    };
    let title = text(lang, &format!("waitlist-{state}"), &[]);
    let key = &shop.line_links.key(entry.key());
    Ok(EntryPage {
        lead: text(
            lang,
            &format!("waitlist-{state}-lead"),
            &[("place", &(before + 1)), ("email", &entry.email), ("until", &told)],
        ),
        shell: Shell::new(Site::Tickets, lang, title.clone(), &shop.site)
            .at(crate::path_of(request))
            .unlisted(),
        state,
        title,
        event_date: format::calendar_date(lang, BusinessNight::of(event.starts_at, tz).date()),
        event_line: format::night(lang, event.starts_at, event.ends_at, tz),
        zone: format::zone(lang, tz),
        venue: event.venue_name,
        event_title: event.title,
        event_slug: event.slug,
        wish: format!("{party} × {kind_name}"),
        total: quote.map(|quote| format::money(lang, quote.total)).unwrap_or_default(),
        most: party,
        notice: part(""),
        notice_line: format!("{} {}", part(".meaning"), part(".next")),
        name_error: said(claiming.name_error),
        promo_error: said(claiming.promo_error),
        asking: (state == "offered").then(|| asking(night.as_deref()?, entry, &claiming, lang)).flatten(),
        claiming,
        claim_path: format!("/waitlist/{}/claim?key={key}", entry.id),
        leave_path: format!("/waitlist/{}/leave?key={key}", entry.id),
    })
}

/// What the night asks of who claims the offer.
fn asking(night: &Night, entry: &EntryRow, claiming: &Claiming, lang: Language) -> Option<Asking> {
    let kind = night.types.iter().find(|kind| kind.id.uuid() == entry.ticket_type_id)?;
    let entered = Entered {
        quantities: HashMap::from([(kind.id.to_string(), claiming.quantity.clone())]),
        answers: claiming.answers.clone(),
        ..Entered::default()
    };
    questions::of_type(night, kind, lang, &entered, &claiming.answer_faults)
}

/// How it stands, as the texts' keys name it. An offer whose time is over is none, also before the worker has noted it.
fn situation(entry: &EntryRow, event: &EventRow, now: chrono::DateTime<chrono::Utc>) -> &'static str {
    match entry.state.as_str() {
        "waiting" if event.status == "cancelled" => "closed",
        "waiting" => "waiting",
        "offered" if entry.offered_until.is_some_and(|until| until > now) => "offered",
        "offered" | "lapsed" => "lapsed",
        "left" => "left",
        _ => "closed",
    }
}
