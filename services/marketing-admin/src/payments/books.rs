//! What purchase's books answer.

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// A movement of money, as purchase's `exports::payments` says.
#[derive(Debug, Deserialize)]
pub(super) struct Movement {
    pub(super) at: DateTime<Utc>,
    pub(super) kind: String,
    pub(super) state: String,
    pub(super) method: String,
    pub(super) reference: String,
    pub(super) event_title: String,
    pub(super) time_zone: String,
    pub(super) currency: String,
    pub(super) amount_minor: i64,
    pub(super) reason: String,
    pub(super) provider_id: String,
}

/// What they come to.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Totals {
    pub(super) booked: Vec<BookedTotal>,
    pub(super) open: Vec<OpenTotal>,
}

/// What is booked in one way and currency.
#[derive(Debug, Deserialize)]
pub(super) struct BookedTotal {
    pub(super) method: String,
    pub(super) currency: String,
    pub(super) movements: i64,
    pub(super) taken_minor: i64,
    pub(super) returned_minor: i64,
    pub(super) left_minor: i64,
}

/// Refunds that are not booked.
#[derive(Debug, Deserialize)]
pub(super) struct OpenTotal {
    pub(super) state: String,
    pub(super) currency: String,
    pub(super) movements: i64,
    pub(super) amount_minor: i64,
}
