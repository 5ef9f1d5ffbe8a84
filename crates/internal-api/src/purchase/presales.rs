//! A night's presale.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How it stands. Counts; nothing of a guest.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Presale {
    /// Guests who want to hear when the sale begins.
    pub registered: i64,
    /// Since when it is open; null: it is not.
    pub opened_at: Option<DateTime<Utc>>,
    /// Guests who have a code of their own.
    pub told: i64,
    /// Those who have an order with it.
    pub used: i64,
}

/// Opens it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenPresale {
    /// Of the hidden ticket types that it is for: what the guests' own codes stand for.
    pub access_code: String,
}
