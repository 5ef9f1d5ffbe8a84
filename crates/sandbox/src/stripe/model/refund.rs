//! Money on its way back to a card.

use serde::{Deserialize, Serialize};

use super::Metadata;

/// How the bank treats refunds to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundFate {
    /// At once.
    #[default]
    Succeeds,
    /// Pending for a moment.
    SucceedsLater,
    /// Looks fine, fails a moment later.
    FailsLater,
}

/// A refund.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refund {
    /// `re_…`
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Minor units.
    pub amount: i64,
    /// Lower-case ISO code.
    pub currency: String,
    /// What it gives back.
    pub charge: String,
    /// What it gives back.
    pub payment: String,
    /// Stripe's closed list, or nothing.
    pub reason: Option<String>,
    /// The shop's pairs.
    pub metadata: Metadata,
    /// `pending`, `succeeded`, `failed`.
    pub status: String,
    /// Money that moved.
    pub movement: Option<String>,
    /// Money that came back because the refund failed.
    pub failure_movement: Option<String>,
    /// What happens to it later, and when.
    pub turn: Option<(i64, String)>,
}
