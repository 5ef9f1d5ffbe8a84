//! Money on its way to the shop's bank.

use serde::{Deserialize, Serialize};

/// Where a payout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutStatus {
    /// Not yet with the bank.
    Pending,
    /// With the bank.
    InTransit,
    /// Arrived, as far as Stripe knows.
    Paid,
    /// The bank sent it back.
    Failed,
    /// Called off in time.
    Canceled,
}

impl PayoutStatus {
    /// Stripe's word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InTransit => "in_transit",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    /// Whether the money is back at Stripe.
    pub fn came_back(self) -> bool {
        matches!(self, Self::Failed | Self::Canceled)
    }
}

/// A payout.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Payout {
    /// `po_…`
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Unix seconds.
    pub arrival: i64,
    /// Minor units.
    pub amount: i64,
    /// Lower-case ISO code.
    pub currency: String,
    /// Where it stands.
    pub status: PayoutStatus,
    /// Its line of the balance.
    pub movement: String,
    /// The line that brought it back.
    pub failure_movement: Option<String>,
}
