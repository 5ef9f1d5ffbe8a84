//! How an order stands, in words: a face for each state, and six for an order that waits.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::decline::Decline;
use domain::language::Language;
use domain::money::Money;
use ui::{format, text};

use super::headline::{STATES, headline, sum_at};
use super::view::{OrderQuery, OrderView, RefundView};

/// How it stands, for a guest.
pub(super) struct Situation {
    /// The state the script compares with.
    pub(super) state: &'static str,
    pub(super) tone: &'static str,
    pub(super) icon: &'static str,
    pub(super) title: String,
    /// What moved last of the money of an order whose tickets are still good; empty where nothing did.
    pub(super) moved: String,
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
        moved: String::new(),
        lead: text(lang, &format!("{key}-lead"), &[("until", &until), ("email", &order.row.buyer_email)]),
        note,
        pay: None,
        live: false,
        buy_again: false,
    };
    match order.row.state.as_str() {
        "paid" => {
            let note = paid_note(order, lang, &money);
            let free = order.quote.worth_minor() == 0;
            let has =
                |state: &[&str]| order.tickets.iter().any(|ticket| state.contains(&ticket.state.as_str()));
            let (tone, icon, key) = if has(&["valid", "blocked"]) {
                ("good", "check", if free { "purchase-order-free" } else { "purchase-order-paid" })
            } else if has(&["disputed"]) {
                ("attention", "lock", "purchase-order-frozen")
            } else {
                ("quiet", "info", "purchase-order-gone")
            };
            let mut paid = make("paid", tone, icon, key, note);
            if tone == "good" && order.row.buyer_email.is_empty() {
                paid.lead = say("box_office-order-lead");
            }
            // Frozen tickets come before money that went back long ago.
            if key != "purchase-order-frozen"
                && let Some(moved) = moved_last(order, lang, &money)
            {
                paid.moved = moved;
            }
            paid
        }
        "refunded" => {
            let (key, due) = refunded_face(order);
            let note = back_note(order, lang, &money);
            let mut refunded = make("refunded", "attention", "back", key, note);
            let amount = money(due);
            refunded.lead = text(lang, &format!("{key}-lead"), &[("amount", &amount)]);
            if order.row.exchanges.is_some() && order.row.paid_at.is_none() {
                refunded.lead = say("guests-exchange-late");
            }
            if key == "purchase-order-refunded-venue" {
                // What the club still owes comes before what it has handed back.
                refunded.title = format!("{}: {amount}", refunded.title);
            } else if let Some(moved) = headline(order, &order.refunds, lang, &money) {
                // The money first, then what became of the tickets.
                refunded.title = moved;
                std::mem::swap(&mut refunded.lead, &mut refunded.note);
            }
            refunded.buy_again = order.row.exchanges.is_none();
            refunded
        }
        "expired" => {
            let note = returned.map_or_else(
                || say("purchase-nothing-charged"),
                |r| refund_note(order, lang, &r.state, &money(r.amount_minor)),
            );
            let mut expired = make("expired", "quiet", "clock", "purchase-order-expired", note);
            expired.buy_again = true;
            expired
        }
        _ => {
            let mut waits = pending(order, query, now, &make, &say);
            if order.row.exchanges.is_some() {
                waits.lead = format!("{} {}", waits.lead, say("guests-exchange-waits"));
            }
            waits
        }
    }
}

/// A pending order has six faces: the money is on its way, the guest is back from paying, had a card declined, came back without
/// paying, has not paid yet, or is too late and the payment service is being asked for the last word.
fn pending(
    order: &OrderView,
    query: &OrderQuery,
    now: DateTime<Utc>,
    make: &dyn Fn(&'static str, &'static str, &'static str, &str, String) -> Situation,
    say: &dyn Fn(&str) -> String,
) -> Situation {
    let open = order.attempt.as_ref().filter(|attempt| attempt.state == "open");
    if open.is_some_and(|attempt| attempt.processing) {
        // The places stay held until the bank has spoken, however long the hold was.
        let note = say("purchase-processing-note");
        let processing = make("pending", "attention", "clock", "purchase-order-processing", note);
        return Situation { live: true, ..processing };
    }
    let mut situation = if order.row.held_until <= now {
        make("pending", "attention", "clock", "purchase-order-closing", say("purchase-closing-note"))
    } else if query.session_id.is_some() {
        make("pending", "attention", "clock", "purchase-order-confirming", say("purchase-confirming-note"))
    } else if let Some(code) = order.attempt.as_ref().and_then(|attempt| attempt.declined.as_deref()) {
        let why = format!("purchase-declined-{}", Decline::of(code).code());
        make("pending", "attention", "attention", "purchase-order-declined", say(&why))
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

/// What moved last of a paid order's money, in a line. What waits for the door's word has not moved.
fn moved_last(order: &OrderView, lang: Language, money: &dyn Fn(i64) -> String) -> Option<String> {
    let last = order.refunds.last().filter(|_| order.asked.is_none())?;
    headline(order, std::slice::from_ref(last), lang, money)
}

/// What is said of a paid order's money: of the latest that moved; what went back before stands in the history.
fn paid_note(order: &OrderView, lang: Language, money: &dyn Fn(i64) -> String) -> String {
    if let Some(asked) = &order.asked {
        let key = match (asked.money_minor(), asked.credit_minor) {
            (0, 0) => "guests-return-asked-free",
            (_, 0) => "guests-return-asked",
            (0, _) => "guests-return-asked-credit",
            _ => "guests-return-asked-split",
        };
        let (amount, credit) = (money(asked.money_minor()), money(asked.credit_minor));
        return text(lang, key, &[("amount", &amount), ("credit", &credit)]);
    }
    let Some(last) = order.refunds.last() else {
        let even = order.row.exchanges.is_some() && order.quote.worth_minor() == 0;
        return if even { text(lang, "guests-exchange-was-even", &[]) } else { String::new() };
    };
    let amount = money(last.amount_minor);
    match last.reason.as_str() {
        "second_payment" => text(lang, "purchase-second-payment-note", &[("amount", &amount)]),
        _ if last.amount_minor == 0 => text(lang, "guests-return-done-free", &[]),
        _ => {
            let found = (last.money_minor() > 0)
                .then(|| refund_note(order, lang, &last.state, &money(last.money_minor())));
            with_credit(found, std::slice::from_ref(last), lang, money)
        }
    }
}

/// How an order looks that is no longer valid, and what of it its guest has not got back.
fn refunded_face(order: &OrderView) -> (&'static str, i64) {
    let back: i64 = order.refunds.iter().map(|refund| refund.amount_minor).sum();
    let left = order.quote.worth_minor() - back;
    let face = match order.row.at_venue() {
        _ if order.quote.worth_minor() == 0 => "purchase-order-voided",
        true if left > 0 => "purchase-order-refunded-venue",
        true => "purchase-order-refunded-handed",
        false if left > 0 => "purchase-order-refunded-part",
        false => "purchase-order-refunded",
    };
    (face, left)
}

/// What is said of the money of an order that is no longer valid: what is stuck, else all that is under way, else all that is back.
fn back_note(order: &OrderView, lang: Language, money: &dyn Fn(i64) -> String) -> String {
    let found = STATES.into_iter().find(|state| sum_at(&order.refunds, state) > 0);
    let found = found.map(|state| refund_note(order, lang, state, &money(sum_at(&order.refunds, state))));
    with_credit(found, &order.refunds, lang, money)
}

/// What is said of the money, and of what went to credit beside it.
fn with_credit(
    note: Option<String>,
    refunds: &[RefundView],
    lang: Language,
    money: &dyn Fn(i64) -> String,
) -> String {
    let credit: i64 =
        refunds.iter().filter(|refund| refund.is_over()).map(|refund| refund.credit_minor).sum();
    let credit = (credit > 0).then(|| text(lang, "guests-return-credit", &[("amount", &money(credit))]));
    note.into_iter().chain(credit).collect::<Vec<_>>().join(" ")
}

fn refund_note(order: &OrderView, lang: Language, state: &str, amount: &str) -> String {
    let key = match state {
        _ if order.row.at_venue() => "purchase-refund-handed",
        "succeeded" => "purchase-refund-done",
        "failed" => "purchase-refund-stuck",
        "settled_otherwise" => "purchase-refund-otherwise",
        _ => "purchase-refund-pending",
    };
    text(lang, key, &[("amount", &amount)])
}
