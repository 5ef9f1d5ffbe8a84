//! Lists: newest first, in pages, filtered as Stripe filters them.

use serde_json::Value;

use super::errors::ApiError;
use super::events::Event;
use super::model::{Charge, Dispute, Movement, Payment, Payout, Refund, Session};
use super::params::Page;
use super::{disputes, view};
use crate::books::Books;
use crate::house::House;
use crate::shelf::{Kept, Shelf};

/// `GET /v1/checkout/sessions`.
pub fn sessions(house: &House, books: &Books, page: &Page) -> Result<Value, ApiError> {
    let wanted = |session: &Session| {
        page.created.holds(session.created)
            && is(page.status.as_deref(), session.status.code())
            && page.payment_intent.as_ref().is_none_or(|id| session.payment_intent.as_ref() == Some(id))
    };
    let show = |session: &Session| view::session(session, &house.public_url);
    paged("/v1/checkout/sessions", &books.sessions, page, wanted, show)
}

/// `GET /v1/payment_intents`.
pub fn payments(books: &Books, page: &Page) -> Result<Value, ApiError> {
    let wanted = |payment: &Payment| page.created.holds(payment.created);
    paged("/v1/payment_intents", &books.payments, page, wanted, view::payment)
}

/// `GET /v1/charges`.
pub fn charges(books: &Books, page: &Page) -> Result<Value, ApiError> {
    let wanted = |charge: &Charge| {
        page.created.holds(charge.created) && is(page.payment_intent.as_deref(), &charge.payment)
    };
    paged("/v1/charges", &books.charges, page, wanted, view::charge)
}

/// `GET /v1/refunds`.
pub fn refunds(books: &Books, page: &Page) -> Result<Value, ApiError> {
    let wanted = |refund: &Refund| {
        page.created.holds(refund.created)
            && is(page.payment_intent.as_deref(), &refund.payment)
            && is(page.charge.as_deref(), &refund.charge)
    };
    paged("/v1/refunds", &books.refunds, page, wanted, view::refund)
}

/// `GET /v1/disputes`.
pub fn disputes(books: &Books, page: &Page, now: i64) -> Result<Value, ApiError> {
    let wanted = |dispute: &Dispute| {
        page.created.holds(dispute.created)
            && is(page.payment_intent.as_deref(), &dispute.payment)
            && is(page.charge.as_deref(), &dispute.charge)
    };
    paged("/v1/disputes", &books.disputes, page, wanted, |dispute| disputes::shown(books, dispute, now))
}

/// `GET /v1/balance_transactions`.
pub fn movements(books: &Books, page: &Page) -> Result<Value, ApiError> {
    let wanted = |movement: &Movement| {
        page.created.holds(movement.created)
            && is(page.kind.as_deref(), movement.kind.code())
            && is(page.source.as_deref(), &movement.source)
            && page.payout.as_ref().is_none_or(|id| movement.payout.as_ref() == Some(id))
            && is(page.currency.as_deref(), &movement.currency)
    };
    paged("/v1/balance_transactions", &books.movements, page, wanted, view::movement)
}

/// `GET /v1/payouts`.
pub fn payouts(books: &Books, page: &Page) -> Result<Value, ApiError> {
    let wanted = |payout: &Payout| {
        page.created.holds(payout.created) && is(page.status.as_deref(), payout.status.code())
    };
    paged("/v1/payouts", &books.payouts, page, wanted, view::payout)
}

/// `GET /v1/events`.
pub fn events(books: &Books, page: &Page) -> Result<Value, ApiError> {
    let wanted = |event: &Event| {
        let listed = page.types.is_empty() || page.types.iter().any(|kind| matches(kind, &event.kind));
        let named = page.kind.as_ref().is_none_or(|kind| matches(kind, &event.kind));
        page.created.holds(event.created) && listed && named
    };
    paged("/v1/events", &books.events, page, wanted, Event::view)
}

fn is(wanted: Option<&str>, value: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == value)
}

/// `charge.*` and the like.
fn matches(pattern: &str, kind: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == kind, |start| kind.starts_with(start))
}

fn paged<T: Kept>(
    url: &str,
    shelf: &Shelf<T>,
    page: &Page,
    wanted: impl Fn(&T) -> bool,
    show: impl Fn(&T) -> Value,
) -> Result<Value, ApiError> {
    let limit = match page.limit.unwrap_or(10) {
        limit @ 1..=100 => usize::try_from(limit).unwrap_or(10),
        _ => {
            let message = "This value must be between 1 and 100.";
            return Err(ApiError::parameter("limit", Some("parameter_invalid_integer"), message));
        }
    };
    for (param, cursor) in [("starting_after", &page.starting_after), ("ending_before", &page.ending_before)]
    {
        if let Some(id) = cursor.as_deref().filter(|id| shelf.get(id).is_none()) {
            return Err(ApiError::no_such("object", param, id));
        }
    }
    let newest_first = shelf.iter().rev();
    if let Some(before) = &page.ending_before {
        // The page just before the cursor: the oldest of those that are newer than it.
        let newer = newest_first.take_while(|item| item.id() != before).filter(|item| wanted(item));
        let newer: Vec<&T> = newer.collect();
        let from = newer.len().saturating_sub(limit);
        let data = newer[from..].iter().map(|item| show(item)).collect();
        return Ok(view::list(url, data, from > 0));
    }
    let mut passed = page.starting_after.is_none();
    let mut rest = newest_first
        .filter(|item| {
            let was = passed;
            passed = passed || page.starting_after.as_deref() == Some(item.id());
            was
        })
        .filter(|item| wanted(item));
    let data: Vec<Value> = rest.by_ref().take(limit).map(&show).collect();
    let more = rest.next().is_some();
    Ok(view::list(url, data, more))
}
