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
    /// What the guest's card statement says behind the club's name: the night, where its name can be put so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
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

/// The lines of a quote that cost something. Stripe takes no negative line, so a discount is taken off the tickets it belongs
/// to, and their line says so. Unit × quantity must be our total, so a line that does not divide is one piece.
pub(crate) fn lines(quote: &Quote, language: Language) -> Vec<ChargeLine> {
    let mut charged: Vec<ChargeLine> = Vec::new();
    // What a credit pays is taken off the whole, see below.
    let mut lines = quote.lines.iter().filter(|line| line.kind != LineKind::Credit).peekable();
    while let Some(line) = lines.next() {
        let mut total = line.total_minor;
        let mut name = match line.kind {
            LineKind::Ticket | LineKind::Discount | LineKind::Credit => line.label.clone(),
            LineKind::Fee => ui::text(language, "purchase-charge-fee", &[("type", &line.label)]),
            LineKind::Tax => ui::text(language, "purchase-charge-tax", &[("type", &line.label)]),
        };
        if let Some(off) = lines.next_if(|next| next.kind == LineKind::Discount) {
            total += off.total_minor;
            name = ui::text(language, "purchase-charge-discounted", &[("type", &name), ("code", &off.label)]);
        }
        if total > 0 {
            charged.push(charge(name, line.quantity, total));
        }
    }
    // Lines of the payment page may not be less than nothing: with a credit one line says what is left to pay.
    if quote.sum_of(LineKind::Credit) < 0 {
        charged = vec![charge(ui::text(language, "purchase-charge-rest", &[]), 1, quote.total.minor())];
    }
    charged
}

fn charge(name: String, pieces: u32, total: i64) -> ChargeLine {
    let quantity = i64::from(pieces);
    let even = quantity > 0 && total % quantity == 0;
    if even {
        return ChargeLine { name, quantity: pieces, unit_minor: total / quantity };
    }
    let name = if pieces > 1 { format!("{pieces} × {name}") } else { name };
    ChargeLine { name, quantity: 1, unit_minor: total }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::TicketTypeId;
    use domain::money::Money;
    use domain::quote::{Discount, Off, QuoteItem, ServiceFee, Tax, quote};

    #[test]
    fn what_stripe_charges_is_the_total_to_the_cent() {
        let item = |minor, quantity| QuoteItem {
            ticket_type: TicketTypeId::generate(),
            name: "Regular".into(),
            unit: Money::new(minor, Currency::Eur),
            quantity,
            places: 1,
            fee: ServiceFee { fixed_minor: 50, basis_points: 333, absorbed: false },
            tax: Tax { basis_points: 850, on_top: true },
            discounted: true,
        };
        let discount = Discount { label: "SUMMER".into(), off: Off::Minor(1001) };
        let quote =
            quote(&[item(1999, 3), item(0, 2), item(700, 1)], Some(&discount), Currency::Eur).expect("fair");
        let rest = lines(&quote.clone().with_credit("…7KQ2", 1234), Language::En);
        assert_eq!(rest.iter().map(|line| line.unit_minor).collect::<Vec<_>>(), [quote.total.minor() - 1234]);
        let lines = lines(&quote, Language::En);
        let sum: i64 = lines.iter().map(|line| line.unit_minor * i64::from(line.quantity)).sum();
        assert_eq!(sum, quote.total.minor());
        assert!(lines.iter().all(|line| line.unit_minor > 0), "{lines:?}");
        assert!(lines[0].name.contains("SUMMER"), "{lines:?}");
    }
}
