//! What Stripe is asked to charge, rendered once per attempt and stored with it.

use chrono::{DateTime, Utc};
use domain::ids::{AttemptId, OrderId};
use domain::language::Language;
use domain::money::Currency;
use domain::quote::{LineKind, Quote};
use serde::{Deserialize, Serialize};

/// What Stripe is asked to charge. It is stored as it stands here, so that a repeat says exactly the same, whatever build
/// of ours makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRequest {
    /// The attempt, whose id is the idempotency key.
    pub attempt: AttemptId,
    /// When the attempt was made.
    pub made_at: DateTime<Utc>,
    /// The order.
    pub order: OrderId,
    /// The order's name among people.
    pub reference: String,
    /// Where Stripe's receipt goes.
    pub email: String,
    /// The payment page's language.
    pub language: Language,
    /// The currency of all lines.
    pub currency: Currency,
    /// What is charged; the lines sum to the order's total.
    pub lines: Vec<ChargeLine>,
    /// When the session ends.
    pub expires_at: DateTime<Utc>,
    /// The order's page.
    pub return_url: String,
}

/// One line of the charge, as the payment page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeLine {
    /// What it is, in the guest's language.
    pub name: String,
    /// Pieces.
    pub quantity: u32,
    /// Price of a piece.
    pub unit_minor: i64,
}

impl PaymentRequest {
    /// As it is stored.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// The lines of a quote that cost something. Unit × quantity must be our total, so a line that does not divide is one piece.
pub(crate) fn lines(quote: &Quote, language: Language) -> Vec<ChargeLine> {
    let charged = quote.lines.iter().filter(|line| line.total_minor > 0);
    charged
        .map(|line| {
            let quantity = i64::from(line.quantity);
            let even = quantity > 0 && line.total_minor % quantity == 0;
            ChargeLine {
                name: match line.kind {
                    LineKind::Fee => ui::text(language, "purchase-charge-fee", &[("type", &line.label)]),
                    LineKind::Ticket => line.label.clone(),
                },
                quantity: if even { line.quantity } else { 1 },
                unit_minor: if even { line.total_minor / quantity } else { line.total_minor },
            }
        })
        .collect()
}
