//! `GET` and `POST …/refund`, below an order's page for all of its buyer's tickets, and below a ticket of it for that one: what comes
//! back is said first, ticket by ticket, and given back by a click ([`crate::refunds::by_guest`]).

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, Responder};
use askama::Template;
use audit::Actor;
use chrono_tz::Tz;
use domain::language::Language;
use domain::money::{Currency, Money};
use serde::Deserialize;
use ui::{Shell, Site, format, text};
use uuid::Uuid;
use web::redirect::see_other;
use web::{Fault, Html, Locale, PageForm, RequestId};

use crate::catalog::store::EventRow;
use crate::orders::private;
use crate::orders::store::OrderRow;
use crate::orders::view::{self, OrderQuery};
use crate::refunds::by_guest::{self, Offer, OfferedTicket};
use crate::{Shop, catalog};

#[derive(Template)]
#[template(path = "my/give_back.html")]
struct GiveBackPage {
    shell: Shell,
    reference: String,
    /// What comes back is another than the page had said.
    changed: bool,
    lead: String,
    event_title: String,
    event_line: String,
    tickets: Vec<Line>,
    kept: String,
    total: String,
    /// It cost nothing.
    free: bool,
    /// Where it goes.
    how: String,
    until: String,
    action: String,
    back: String,
    once: String,
    sum: i64,
    /// The tickets, apart by commas.
    ids: String,
    /// The button's words, with what comes back.
    button: String,
}

/// A ticket and what it brings.
struct Line {
    label: String,
    amount: String,
}

/// What the guest has read and confirms.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiveBackForm {
    /// The page's own: a second click is the same refund.
    once: String,
    /// The amount that the page said, minor units.
    sum: String,
    /// The tickets that it said it for, apart by commas.
    tickets: String,
}

/// Says what comes back of all the guest's tickets.
pub async fn confirm_all(
    shop: Data<Shop>,
    reference: Path<String>,
    query: Query<OrderQuery>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    confirm(&shop, &reference, None, &query, locale.0, &request).await
}

/// Says what comes back of one.
pub async fn confirm_one(
    shop: Data<Shop>,
    path: Path<(String, Uuid)>,
    query: Query<OrderQuery>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let (order, ticket) = path.into_inner();
    confirm(&shop, &order, Some(ticket), &query, locale.0, &request).await
}

/// Gives all of the guest's tickets back.
pub async fn submit_all(
    shop: Data<Shop>,
    reference: Path<String>,
    query: Query<OrderQuery>,
    id: RequestId,
    form: PageForm<GiveBackForm>,
) -> Result<HttpResponse, Fault> {
    submit(&shop, &reference, None, &query, &id, &form).await
}

/// Gives one back.
pub async fn submit_one(
    shop: Data<Shop>,
    path: Path<(String, Uuid)>,
    query: Query<OrderQuery>,
    id: RequestId,
    form: PageForm<GiveBackForm>,
) -> Result<HttpResponse, Fault> {
    let (order, ticket) = path.into_inner();
    submit(&shop, &order, Some(ticket), &query, &id, &form).await
}

async fn confirm(
    shop: &Shop,
    reference: &str,
    only: Option<Uuid>,
    query: &OrderQuery,
    lang: Language,
    request: &HttpRequest,
) -> Result<HttpResponse, Fault> {
    let order = view::open(shop, reference, &query.key).await?;
    let mut conn = shop.db.conn().await?;
    let event = catalog::store::event(&mut conn, order.event_id).await?.ok_or_else(Fault::not_found)?;
    let offer = by_guest::offer(&mut conn, &order, &event, only, shop.clock.now()).await;
    drop(conn);
    match offer {
        Ok(offer) => {
            let page = page(shop, &order, &event, &offer, only, (query, lang, request));
            Ok(private(Html(page).respond_to(request)))
        }
        // The order's page says how it stands.
        Err(fault) if settled(fault.code()) => {
            Ok(private(see_other(&shop.links.path_of(order.key(), &order.reference))))
        }
        Err(fault) => Err(fault),
    }
}

/// It has been given back, or is about to be.
fn settled(code: &str) -> bool {
    matches!(code, "invalid_state" | "refund_waits")
}

async fn submit(
    shop: &Shop,
    reference: &str,
    only: Option<Uuid>,
    query: &OrderQuery,
    id: &RequestId,
    form: &GiveBackForm,
) -> Result<HttpResponse, Fault> {
    let order = view::open(shop, reference, &query.key).await?;
    let home = shop.links.path_of(order.key(), &order.reference);
    let again = format!("{}?key={}&done=changed", path(&order, only), query.key);
    let Some((tickets, once, sum)) = read(form, only) else { return Ok(private(see_other(&again))) };
    let actor = Actor::named("guest", id);
    match by_guest::give(shop, &order, tickets, (once, sum), &actor).await {
        Ok((refund, _)) if refund.state == "withdrawn" => {
            Ok(private(see_other(&format!("{home}&done=inside"))))
        }
        // The order's page says how it stands: also where another tab was faster.
        Ok(_) => Ok(private(see_other(&home))),
        Err(fault) if settled(fault.code()) => Ok(private(see_other(&home))),
        Err(fault) if matches!(fault.code(), "refund_changed" | "idempotency_key_reused") => {
            Ok(private(see_other(&again)))
        }
        Err(fault) => Err(fault),
    }
}

/// The form as it was filled by our page; none where it was not.
fn read(form: &GiveBackForm, only: Option<Uuid>) -> Option<(Vec<Uuid>, Uuid, i64)> {
    let tickets: Vec<Uuid> = form.tickets.split(',').map(|id| id.parse().ok()).collect::<Option<_>>()?;
    let fits = only.is_none_or(|only| tickets == [only]);
    let (once, sum) = (form.once.parse().ok()?, form.sum.parse().ok()?);
    fits.then_some((tickets, once, sum))
}

/// Below the order, or below one of its tickets.
fn path(order: &OrderRow, only: Option<Uuid>) -> String {
    match only {
        Some(ticket) => format!("/orders/{}/tickets/{ticket}/refund", order.reference),
        None => format!("/orders/{}/refund", order.reference),
    }
}

fn page(
    shop: &Shop,
    order: &OrderRow,
    event: &EventRow,
    offer: &Offer,
    only: Option<Uuid>,
    (query, lang, request): (&OrderQuery, Language, &HttpRequest),
) -> GiveBackPage {
    let count = offer.tickets.len();
    let title = text(lang, "guests-return-title", &[("count", &count)]);
    let shell = Shell::new(Site::Tickets, lang, title, &shop.site).at(crate::path_of(request)).unlisted();
    let currency = order.currency.parse().unwrap_or(Currency::Eur);
    let money = |minor: i64| format::money(lang, Money::new(minor, currency));
    let tz: Tz = event.time_zone.parse().unwrap_or_default();
    let until = event.terms().refunds.self_service_until;
    let line = |ticket: &OfferedTicket| Line {
        label: format!("{} · {}", ticket.type_name, ticket.holder),
        amount: if ticket.minor > 0 { money(ticket.minor) } else { text(lang, "shared-free", &[]) },
    };
    let free = offer.total_minor == 0;
    let total = money(offer.total_minor);
    let card = money(offer.total_minor - offer.credit_minor);
    let credit = money(offer.credit_minor);
    let how = match offer.credit_minor {
        _ if free => text(lang, "guests-return-how-free", &[]),
        0 => text(lang, "guests-return-how", &[]),
        all if all == offer.total_minor => text(lang, "guests-return-how-credit", &[]),
        _ => text(lang, "guests-return-how-split", &[("card", &card), ("credit", &credit)]),
    };
    let button = if free {
        text(lang, "guests-return-button-free", &[("count", &count)])
    } else {
        text(lang, "guests-return-button", &[("count", &count), ("amount", &total)])
    };
    GiveBackPage {
        shell,
        reference: order.reference.clone(),
        changed: query.done.as_deref() == Some("changed"),
        lead: text(lang, "guests-return-lead", &[("count", &count)]),
        event_title: event.title.clone(),
        event_line: format::night(lang, event.starts_at, event.ends_at, tz),
        tickets: offer.tickets.iter().map(line).collect(),
        kept: if offer.kept_minor > 0 { money(offer.kept_minor) } else { String::new() },
        total,
        free,
        how,
        until: until.map(|until| format::date_time(lang, until, tz)).unwrap_or_default(),
        action: format!("{}?key={}", path(order, only), query.key),
        back: shop.links.path_of(order.key(), &order.reference),
        once: Uuid::now_v7().to_string(),
        sum: offer.total_minor,
        button,
        ids: offer.tickets.iter().map(|ticket| ticket.id.to_string()).collect::<Vec<_>>().join(","),
    }
}
