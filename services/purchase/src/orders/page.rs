//! `GET /orders/{reference}?key=…`: how the order stands, in words, and the tickets.

use actix_web::http::header::{CACHE_CONTROL, REFERRER_POLICY};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use domain::money::Money;
use domain::quote::LineKind;
use ui::{Shell, Site, format, text};
use web::redirect::see_other;
use web::{Fault, Html, Locale};

use super::store::OrderRow;
use super::view::{self, OrderQuery, OrderView};
use crate::Shop;
use crate::payments::fulfil;
use crate::payments::fulfil::Settled;
use crate::payments::store as payments;

#[derive(Template)]
#[template(path = "orders/order.html")]
struct OrderPage {
    shell: Shell,
    situation: Situation,
    reference: String,
    event_title: String,
    event_slug: String,
    event_line: String,
    venue: String,
    address: String,
    lines: Vec<Line>,
    total: String,
    tickets: Vec<Ticket>,
    pay_path: String,
    state_url: String,
    poll_script: String,
}

/// How it stands, for a guest.
struct Situation {
    /// The state the script compares with.
    state: &'static str,
    tone: &'static str,
    icon: &'static str,
    title: String,
    lead: String,
    note: String,
    /// Whether there is something to pay now, and what the button says.
    pay: Option<String>,
    /// Whether the page asks again by itself.
    live: bool,
    /// Whether to offer the night once more.
    buy_again: bool,
}

struct Line {
    label: String,
    total: String,
}

struct Ticket {
    number: usize,
    type_name: String,
    holder: String,
    code: String,
    qr: String,
    state_word: String,
}

/// Shows the order. On the guest's return from paying, Stripe is asked first.
pub async fn show(
    shop: Data<Shop>,
    reference: Path<String>,
    query: Query<OrderQuery>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let row = view::open(&shop, &reference, &query.key).await?;
    if let Some(session) = &query.session_id
        && row.state == "pending"
        && ask(&shop, &row, session).await
    {
        return Ok(private(see_other(&shop.links.path_of(row.key(), &row.reference))));
    }
    let order = view::read(&shop, row).await?;
    let page = page(&shop, &order, &query, locale.0, &request)?;
    Ok(private(actix_web::Responder::respond_to(Html(page), &request)))
}

/// Asks Stripe about the session the guest brings back. `true`: the order has moved on.
async fn ask(shop: &Shop, order: &OrderRow, session: &str) -> bool {
    // A guest can write anything here: Stripe is asked only about a session that was made for this very order.
    match known(shop, order, session).await {
        Ok(true) => {}
        Ok(false) => return false,
        Err(error) => {
            tracing::warn!(%error, order = %order.id, "a returning guest's session could not be looked up");
            return false;
        }
    }
    let session = match shop.stripe.session(session).await {
        Ok(session) if session.order == Some(order.key()) => session,
        Ok(_) => return false,
        Err(trouble) => {
            tracing::warn!(%trouble, order = %order.id, "Stripe did not say how a returning guest's session stands");
            return false;
        }
    };
    match fulfil::settle(shop, &session).await {
        Ok(settled) => matches!(settled, Settled::Paid | Settled::Known | Settled::Returned),
        Err(error) => {
            tracing::warn!(%error, order = %order.id, "a returning guest's session could not be settled; the webhook will");
            false
        }
    }
}

async fn known(shop: &Shop, order: &OrderRow, session: &str) -> Result<bool, db::DbError> {
    payments::has_session(&mut *shop.db.conn().await?, order.key(), session).await
}

/// Nobody keeps the page, and no other site learns its address.
fn private(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, actix_web::http::header::HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, actix_web::http::header::HeaderValue::from_static("no-referrer"));
    response
}

fn page(
    shop: &Shop,
    order: &OrderView,
    query: &OrderQuery,
    lang: Language,
    request: &HttpRequest,
) -> Result<OrderPage, Fault> {
    let (row, event) = (&order.row, &order.event);
    let tz: Tz = event.time_zone.parse().unwrap_or_default();
    let situation = situation(order, query, lang, tz, shop.clock.now());
    let shell = Shell::new(Site::Tickets, lang, situation.title.clone(), &shop.site)
        .at(crate::path_of(request))
        .unlisted();
    let key = shop.links.key(row.key());
    let line = |line: &domain::quote::QuoteLine| Line {
        label: match line.kind {
            LineKind::Ticket => format!("{} × {}", line.quantity, line.label),
            LineKind::Fee => text(lang, "purchase-fee-line", &[("type", &line.label)]),
        },
        total: match line.total_minor {
            0 => text(lang, "shared-free", &[]),
            minor => format::money(lang, Money::new(minor, order.quote.currency)),
        },
    };
    Ok(OrderPage {
        shell,
        situation,
        reference: row.reference.clone(),
        event_title: event.title.clone(),
        event_slug: event.slug.clone(),
        event_line: format::night(lang, event.starts_at, event.ends_at, tz),
        venue: event.venue_name.clone(),
        address: event.venue_address.clone(),
        lines: order.quote.lines.iter().map(line).collect(),
        total: format::money(lang, order.quote.total),
        tickets: tickets(order, lang)?,
        pay_path: format!("/orders/{}/pay?key={key}", row.reference),
        state_url: format!("/api/v1/orders/{}?key={key}", row.reference),
        poll_script: crate::assets::url("order.js"),
    })
}

fn tickets(order: &OrderView, lang: Language) -> Result<Vec<Ticket>, Fault> {
    let ticket = |(index, ticket): (usize, &view::TicketView)| {
        let code = ticket.code.clone().unwrap_or_default();
        let qr = if code.is_empty() { String::new() } else { ui::qr::svg(&code).map_err(Fault::internal)? };
        Ok(Ticket {
            number: index + 1,
            type_name: ticket.type_name.clone(),
            holder: ticket.holder.clone(),
            state_word: text(lang, &format!("purchase-ticket-{}", ticket.state), &[]),
            code,
            qr,
        })
    };
    order.tickets.iter().enumerate().map(ticket).collect()
}

fn situation(order: &OrderView, query: &OrderQuery, lang: Language, tz: Tz, now: DateTime<Utc>) -> Situation {
    let say = |key: &str| text(lang, key, &[]);
    let until = format::time(lang, order.row.held_until, tz);
    let money = |minor| format::money(lang, Money::new(minor, order.quote.currency));
    let returned = order.refunds.first();
    let make = |state, tone, icon, key: &str, note: String| Situation {
        state,
        tone,
        icon,
        title: say(key),
        lead: text(lang, &format!("{key}-lead"), &[("until", &until), ("email", &order.row.buyer_email)]),
        note,
        pay: None,
        live: false,
        buy_again: false,
    };
    match order.row.state.as_str() {
        "paid" => {
            let note = returned
                .map(|r| text(lang, "purchase-second-payment-note", &[("amount", &money(r.amount_minor))]));
            make("paid", "good", "check", "purchase-order-paid", note.unwrap_or_default())
        }
        "refunded" => {
            let note =
                returned.map(|r| refund_note(lang, &r.state, &money(r.amount_minor))).unwrap_or_default();
            let mut refunded = make("refunded", "attention", "back", "purchase-order-refunded", note);
            refunded.buy_again = true;
            refunded
        }
        "expired" => {
            let note = returned.map_or_else(
                || say("purchase-nothing-charged"),
                |r| refund_note(lang, &r.state, &money(r.amount_minor)),
            );
            let mut expired = make("expired", "quiet", "clock", "purchase-order-expired", note);
            expired.buy_again = true;
            expired
        }
        _ => pending(order, query, now, &make, &say),
    }
}

/// A pending order has four faces: the guest is back from paying, came back without paying, has not paid yet,
/// or is too late and the payment service is being asked for the last word.
fn pending(
    order: &OrderView,
    query: &OrderQuery,
    now: DateTime<Utc>,
    make: &dyn Fn(&'static str, &'static str, &'static str, &str, String) -> Situation,
    say: &dyn Fn(&str) -> String,
) -> Situation {
    let mut situation = if order.row.held_until <= now {
        make("pending", "attention", "clock", "purchase-order-closing", String::new())
    } else if query.session_id.is_some() {
        make("pending", "attention", "clock", "purchase-order-confirming", say("purchase-confirming-note"))
    } else if query.cancelled.is_some() {
        make("pending", "attention", "info", "purchase-order-cancelled", String::new())
    } else if order.attempt.as_ref().is_some_and(|attempt| attempt.session_id.is_some()) {
        make("pending", "attention", "clock", "purchase-order-pending", String::new())
    } else {
        make("pending", "attention", "attention", "purchase-order-unopened", String::new())
    };
    situation.live = true;
    if order.row.held_until > now && query.session_id.is_none() {
        situation.pay = Some(say("purchase-pay-now"));
    }
    situation
}

fn refund_note(lang: Language, state: &str, amount: &str) -> String {
    let key = match state {
        "succeeded" => "purchase-refund-done",
        "failed" => "purchase-refund-stuck",
        _ => "purchase-refund-pending",
    };
    text(lang, key, &[("amount", &amount)])
}
