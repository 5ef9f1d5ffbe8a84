//! Lines of the balance.

use serde::{Deserialize, Serialize};

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// A guest paid.
    Charge,
    /// A guest got money back.
    Refund,
    /// A refund that did not arrive.
    RefundFailure,
    /// A bank took money back.
    Dispute,
    /// It gave it back again.
    DisputeReversal,
}

impl MovementKind {
    /// Stripe's word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Refund => "refund",
            Self::RefundFailure => "refund_failure",
            Self::Dispute | Self::DisputeReversal => "adjustment",
        }
    }

    /// Stripe's `reporting_category`.
    pub fn category(self) -> &'static str {
        match self {
            Self::Dispute => "dispute",
            Self::DisputeReversal => "dispute_reversal",
            other => other.code(),
        }
    }
}

/// A balance transaction.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Movement {
    /// `txn_…`
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Minor units, negative when money leaves.
    pub amount: i64,
    /// What Stripe keeps.
    pub fee: i64,
    /// Lower-case ISO code.
    pub currency: String,
    /// The charge, refund or dispute behind it.
    pub source: String,
    /// Why.
    pub kind: MovementKind,
    /// The charge's words.
    pub description: Option<String>,
}
