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
    /// Stripe took something for itself.
    StripeFee,
    /// The shop put money in.
    Topup,
    /// Stripe paid out.
    Payout,
    /// The shop's bank sent it back.
    PayoutFailure,
    /// Somebody called a payout off.
    PayoutCancel,
}

impl MovementKind {
    /// Stripe's word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Refund => "refund",
            Self::RefundFailure => "refund_failure",
            Self::Dispute | Self::DisputeReversal => "adjustment",
            Self::StripeFee => "stripe_fee",
            Self::Topup => "topup",
            Self::Payout => "payout",
            Self::PayoutFailure => "payout_failure",
            Self::PayoutCancel => "payout_cancel",
        }
    }

    /// Stripe's `reporting_category`.
    pub fn category(self) -> &'static str {
        match self {
            Self::Dispute => "dispute",
            Self::DisputeReversal => "dispute_reversal",
            Self::StripeFee => "fee",
            Self::PayoutFailure | Self::PayoutCancel => "payout_reversal",
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
    /// The charge, refund, dispute or payout behind it; empty for none.
    pub source: String,
    /// Why.
    pub kind: MovementKind,
    /// The charge's words.
    pub description: Option<String>,
    /// The payout that it is part of.
    #[serde(default)]
    pub payout: Option<String>,
}
