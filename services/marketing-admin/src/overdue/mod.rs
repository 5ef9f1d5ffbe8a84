//! *Needs a person*: what should have settled itself by now and has not, in all three services.
//!
//! Each service says what is overdue with it (`heal::overdue`); [`overview`] asks all three at once. The dashboard shows how
//! much there is in one line ([`strip`], live like its figures), [`page`] shows each with what to do about it. A service
//! that can't be asked is said to be so: silence is not a good sign.

pub mod overview;
pub mod page;
pub mod strip;

pub use overview::{Overview, Recent};

use heal::overdue::{Kind, Watched};

use crate::notifications::store::{GIVEN_UP, NOT_TAKEN};

/// What of our own must come to an end.
pub const WATCHED: &[Watched] = &[
    Watched { kind: Kind::EmailsDead, late: GIVEN_UP },
    Watched { kind: Kind::EmailsWaiting, late: NOT_TAKEN },
];

/// The part of a text's key that names a kind.
const fn key(kind: Kind) -> &'static str {
    match kind {
        Kind::RefundsFailed => "refunds-failed",
        Kind::Disputes => "disputes",
        Kind::Quarantine => "quarantine",
        Kind::WebhooksWaiting => "webhooks-waiting",
        Kind::OrdersPastHold => "orders-past-hold",
        Kind::CancellationsOpen => "cancellations-open",
        Kind::NewDatesUntold => "new-dates-untold",
        Kind::OffersPastTime => "offers-past-time",
        Kind::GuestsLeaving => "guests-leaving",
        Kind::AttemptsUnknown => "attempts-unknown",
        Kind::RefundsPending => "refunds-pending",
        Kind::OutboxUnsent => "outbox-unsent",
        Kind::DeadLetters => "dead-letters",
        Kind::EmailsDead => "emails-dead",
        Kind::EmailsWaiting => "emails-waiting",
        Kind::Unknown => "unknown",
    }
}
