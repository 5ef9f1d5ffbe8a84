//! Stripe, as far as a ticket shop needs it: Checkout Sessions, payments, refunds, disputes, the balance, payouts, events.
//!
//! A request passes [`serve`]: key, idempotency, scripted fault, then [`routes`] acts on the books in one step
//! under one lock, so that whatever a client sees happened entirely or not at all.

pub mod cards;
pub mod delayed;
pub mod disputes;
pub mod errors;
pub mod events;
mod expand;
mod form;
mod lists;
pub mod model;
mod params;
pub mod payments;
pub mod payouts;
mod refunds;
mod routes;
mod serve;
pub mod sessions;
pub mod statement;
mod view;

pub use serve::serve;

use crate::books::Books;
use crate::moment::Moment;

/// Whether time alone changes something now.
pub fn is_due(books: &Books, now: i64) -> bool {
    books.deadlines.first().is_some_and(|(at, _)| *at <= now) || refunds::is_due(books, now)
}

/// Lets sessions expire and banks answer.
pub fn time_passes(books: &mut Books, moment: &Moment, public_url: &str) {
    if is_due(books, moment.now) {
        sessions::expire_overdue(public_url, books, moment);
        refunds::settle(books, moment);
    }
}
