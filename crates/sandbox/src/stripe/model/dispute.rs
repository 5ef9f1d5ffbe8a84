//! A payer's bank takes money back.
//!
//! The statuses stand in `domain::dispute` as well, and on purpose: that is what a club makes of Stripe's words, this is what Stripe
//! says. A stand-in that shared code with what it tests would agree with every mistake in it.

use serde::{Deserialize, Serialize};

/// Where a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeStatus {
    /// An inquiry: the bank asks, no money has moved.
    WarningNeedsResponse,
    /// An inquiry that was answered.
    WarningUnderReview,
    /// An inquiry that came to nothing.
    WarningClosed,
    /// The money is gone; the shop may answer until a deadline.
    NeedsResponse,
    /// The shop has answered.
    UnderReview,
    /// The shop was right: the money came back.
    Won,
    /// The money stays away.
    Lost,
}

impl DisputeStatus {
    /// Stripe's word.
    pub fn code(self) -> &'static str {
        match self {
            Self::WarningNeedsResponse => "warning_needs_response",
            Self::WarningUnderReview => "warning_under_review",
            Self::WarningClosed => "warning_closed",
            Self::NeedsResponse => "needs_response",
            Self::UnderReview => "under_review",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// Whether no money has moved (yet).
    pub fn is_inquiry(self) -> bool {
        matches!(self, Self::WarningNeedsResponse | Self::WarningUnderReview | Self::WarningClosed)
    }

    /// Whether it has come to its end.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::WarningClosed | Self::Won | Self::Lost)
    }
}

/// A payer's bank takes money back, or asks about it first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Dispute {
    /// `dp_…`
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Minor units.
    pub amount: i64,
    /// Lower-case ISO code.
    pub currency: String,
    /// What is taken back.
    pub charge: String,
    /// What is taken back.
    pub payment: String,
    /// The payer's reason, `fraudulent` and others.
    pub reason: String,
    /// Where it stands.
    pub status: DisputeStatus,
    /// Until when the shop may answer, Unix seconds.
    pub due_by: i64,
    /// How often it has.
    pub submissions: u64,
    /// Money that left, and that came back.
    pub movements: Vec<String>,
}
