//! How an order stands, in words: a face for each state, and four for an order that waits.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use domain::money::Money;
use ui::{format, text};

use super::view::{OrderQuery, OrderView};

/// How it stands, for a guest.
pub(super) struct Situation {
    /// The state the script compares with.
    pub(super) state: &'static str,
    pub(super) tone: &'static str,
    pub(super) icon: &'static str,
    pub(super) title: String,
    pub(super) lead: String,
    pub(super) note: String,
    /// Whether there is something to pay now, and what the button says.
    pub(super) pay: Option<String>,
    /// Whether the page asks again by itself.
    pub(super) live: bool,
    /// Whether to offer the night once more.
    pub(super) buy_again: bool,
}

/// How an order stands at an instant.
pub(super) fn situation(
    order: &OrderView,
    query: &OrderQuery,
    lang: Language,
    tz: Tz,
    now: DateTime<Utc>,
) -> Situation {
    let say = |key: &str| text(lang, key, &[]);
    let until = format::hour(lang, order.row.held_until, tz);
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
            // The latest: what went back before stands in the history.
            let note = order.refunds.last().map(|r| match r.reason.as_str() {
                "second_payment" => {
                    text(lang, "purchase-second-payment-note", &[("amount", &money(r.amount_minor))])
                }
                _ => refund_note(lang, &r.state, &money(r.amount_minor)),
            });
            let free = order.quote.total.is_zero();
            let key = if free { "purchase-order-free" } else { "purchase-order-paid" };
            let mut paid = make("paid", "good", "check", key, note.unwrap_or_default());
            if order.row.buyer_email.is_empty() {
                paid.lead = say("box_office-order-lead");
            }
            paid
        }
        "refunded" => {
            let note =
                returned.map(|r| refund_note(lang, &r.state, &money(r.amount_minor))).unwrap_or_default();
            // What cost nothing gives nothing back.
            let key =
                if order.quote.total.is_zero() { "guest-list-order-off" } else { "purchase-order-refunded" };
            let mut refunded = make("refunded", "attention", "back", key, note);
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
        make("pending", "attention", "clock", "purchase-order-closing", say("purchase-closing-note"))
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
