//! What the stand-in for Stripe remembers. [`super::view`] shows it in Stripe's shape.

mod dispute;
mod movement;
mod payout;
mod refund;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::shelf::Kept;

pub use dispute::{Dispute, DisputeStatus};
pub use movement::{Movement, MovementKind};
pub use payout::{Payout, PayoutStatus};
pub use refund::{Refund, RefundFate};

/// Stripe's free key-value pairs.
pub type Metadata = BTreeMap<String, String>;

/// Where a Checkout Session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// The guest may pay.
    Open,
    /// Finished.
    Complete,
    /// Nobody can pay any more.
    Expired,
}

impl SessionStatus {
    /// Stripe's word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Expired => "expired",
        }
    }
}

/// One line of a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    /// `li_…`
    pub id: String,
    /// `price_…`
    pub price: String,
    /// `prod_…`
    pub product: String,
    /// What is sold.
    pub name: String,
    /// More about it.
    pub description: Option<String>,
    /// Minor units for one.
    pub unit_amount: i64,
    /// How many.
    pub quantity: i64,
}

impl Line {
    /// Minor units for all of them.
    pub fn total(&self) -> i64 {
        self.unit_amount.saturating_mul(self.quantity)
    }
}

/// A Checkout Session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// `cs_test_…`
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Unix seconds.
    pub expires_at: i64,
    /// Open, complete or expired.
    pub status: SessionStatus,
    /// Lower-case ISO code.
    pub currency: String,
    /// What is bought.
    pub lines: Vec<Line>,
    /// The shop's own reference.
    pub client_reference_id: Option<String>,
    /// The shop's pairs.
    pub metadata: Metadata,
    /// Known before the guest types one.
    pub customer_email: Option<String>,
    /// The page's language, as asked for.
    pub locale: Option<String>,
    /// Where a paid guest goes.
    pub success_url: String,
    /// Where a guest who turns back goes.
    pub cancel_url: Option<String>,
    /// Exists from the first try to pay.
    pub payment_intent: Option<String>,
    /// For the payment intent to come.
    pub payment_metadata: Metadata,
    /// For the payment intent to come.
    pub payment_description: Option<String>,
    /// For the payment intent to come.
    pub receipt_email: Option<String>,
    /// For the payment intent to come.
    pub statement_suffix: Option<String>,
    /// A card that waits for its 3-D Secure step.
    pub challenged: Option<String>,
    /// How the guest may pay, as asked for; empty for as the account is set.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Complete, and its money is still to come, or never comes.
    #[serde(default)]
    pub unpaid: bool,
}

impl Session {
    /// Whether the guest may still pay.
    pub fn is_open(&self) -> bool {
        self.status == SessionStatus::Open
    }

    /// The sum of its lines.
    pub fn total(&self) -> i64 {
        self.lines.iter().map(Line::total).fold(0, i64::saturating_add)
    }

    /// Stripe's `payment_status`.
    pub fn payment_status(&self) -> &'static str {
        match (self.status, self.total()) {
            (SessionStatus::Complete, 0) => "no_payment_required",
            (SessionStatus::Complete, _) if !self.unpaid => "paid",
            _ => "unpaid",
        }
    }

    /// The success URL with Stripe's placeholder filled in.
    pub fn return_url(&self) -> String {
        self.success_url.replace("{CHECKOUT_SESSION_ID}", &self.id)
    }
}

/// Where a payment intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Nothing paid yet, or the last card was declined.
    RequiresPaymentMethod,
    /// The bank wants to see the card's owner.
    RequiresAction,
    /// The guest has given the order to pay, and the bank has not spoken.
    Processing,
    /// Paid.
    Succeeded,
    /// Given up: its session expired.
    Canceled,
}

impl PaymentStatus {
    /// Stripe's word.
    pub fn code(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresAction => "requires_action",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }
}

/// Why a card was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decline {
    /// Stripe's error code, `card_declined` and others.
    pub code: String,
    /// The bank's word, `insufficient_funds` and others.
    pub decline_code: Option<String>,
    /// The sentence for the guest.
    pub message: String,
}

/// A payment intent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Payment {
    /// `pi_…`
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Minor units.
    pub amount: i64,
    /// Lower-case ISO code.
    pub currency: String,
    /// Where it stands.
    pub status: PaymentStatus,
    /// The shop's pairs.
    pub metadata: Metadata,
    /// The shop's words.
    pub description: Option<String>,
    /// Where Stripe would send its receipt.
    pub receipt_email: Option<String>,
    /// What the statement says behind the account's prefix.
    pub statement_suffix: Option<String>,
    /// The session it pays.
    pub session: String,
    /// The last try.
    pub latest_charge: Option<String>,
    /// Why the last try failed.
    pub last_error: Option<Decline>,
}

/// A card as a charge shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CardShown {
    /// `visa`, `mastercard`, `amex`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// Whether the owner passed 3-D Secure.
    pub authenticated: bool,
}

/// A charge: one try to move money.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Charge {
    /// `ch_…`
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Minor units.
    pub amount: i64,
    /// Minor units given back.
    pub refunded: i64,
    /// Lower-case ISO code.
    pub currency: String,
    /// Its payment intent.
    pub payment: String,
    /// With which card.
    pub card: CardShown,
    /// Set when the bank refused.
    pub decline: Option<Decline>,
    /// Set when money moved.
    pub movement: Option<String>,
    /// The payment intent's pairs at that moment.
    pub metadata: Metadata,
    /// The payment intent's words.
    pub description: Option<String>,
    /// The payer.
    pub email: Option<String>,
    /// The payer.
    pub name: Option<String>,
    /// Where the receipt goes.
    pub receipt_email: Option<String>,
    /// What its statement says behind the account's prefix.
    pub statement_suffix: Option<String>,
    /// How refunds of this card end, later.
    pub refund_fate: RefundFate,
    /// Whether its payer's bank ever took it back.
    #[serde(default)]
    pub disputed: bool,
}

macro_rules! kept {
    ($($kind:ty),+) => {$(
        impl Kept for $kind {
            fn id(&self) -> &str {
                &self.id
            }
        }
    )+};
}
kept!(Session, Payment, Charge, Refund, Dispute, Movement, Payout);
