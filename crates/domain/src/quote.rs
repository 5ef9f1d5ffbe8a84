//! What an order costs: lines for tickets and fees that sum to the total.
//!
//! **The one rounding rule.** The fixed part of the fee is added once per paid ticket. The per-cent part is computed
//! on the sum of all paid tickets of the document, rounded half up **once**, and then shared over the ticket lines by
//! largest remainder (ties go to the earlier line). So parts always add to the whole, whatever the split.

use crate::{
    ids::TicketTypeId,
    money::{Currency, Money},
};
use serde::{Deserialize, Serialize};

/// What a guest wants: some tickets of one type at the price of our database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteItem {
    /// The ticket type.
    pub ticket_type: TicketTypeId,
    /// Its name, frozen into the line's label.
    pub name: String,
    /// Price of one.
    pub unit: Money,
    /// How many; at least one.
    pub quantity: u32,
}

/// The club's service fee on each paid ticket, added to the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceFee {
    /// Minor units per paid ticket; not negative.
    #[serde(default)]
    pub fixed_minor: i64,
    /// Share of the price in hundredths of a per cent; 250 is 2.5 %. From 0 to 10 000.
    #[serde(default)]
    pub basis_points: i64,
}

/// What a line of a quote is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Tickets of one type.
    Ticket,
    /// The service fee on the tickets of one type.
    Fee,
}

/// One line of a quote. `total_minor` is what counts; a fee line may not divide evenly by its quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    /// What it is for.
    pub kind: LineKind,
    /// The ticket type it belongs to.
    pub ticket_type: Option<TicketTypeId>,
    /// The name of the ticket type when it was quoted.
    pub label: String,
    /// Tickets on the line.
    pub quantity: u32,
    /// Price of one, minor units; for a fee line the rounded-down share of one ticket.
    pub unit_minor: i64,
    /// Price of the line, minor units.
    pub total_minor: i64,
}

/// A price: what is shown, charged, receipted and booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Currency of every line.
    pub currency: Currency,
    /// Ticket lines in the order asked, each followed by its fee line where there is one.
    pub lines: Vec<QuoteLine>,
    /// The sum of the lines.
    pub total: Money,
}

/// Why no price can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// Nothing was asked for, or a quantity of zero.
    #[error("an order needs at least one ticket")]
    Empty,
    /// An item's currency is not the order's, its price is negative, or the fee is out of range.
    #[error("a price of this order is not sellable")]
    BadPrice,
    /// The sum does not fit.
    #[error("the order is too large")]
    TooLarge,
}

/// Prices `items` with the club's fee. Free tickets carry no fee.
pub fn quote(items: &[QuoteItem], fee: ServiceFee, currency: Currency) -> Result<Quote, QuoteError> {
    check(items, fee, currency)?;
    let subtotals = items.iter().map(subtotal).collect::<Result<Vec<_>, _>>()?;
    let paid = sum(&subtotals)?;
    let shares = share(percent_of(paid, fee.basis_points)?, &subtotals);

    let mut lines = Vec::with_capacity(items.len() * 2);
    for ((item, total_minor), share) in items.iter().zip(subtotals).zip(shares) {
        lines.push(line(LineKind::Ticket, item, item.unit.minor(), total_minor));
        if item.unit.is_zero() {
            continue;
        }
        let fixed = fee.fixed_minor.checked_mul(i64::from(item.quantity)).ok_or(QuoteError::TooLarge)?;
        let total = fixed.checked_add(share).ok_or(QuoteError::TooLarge)?;
        if total > 0 {
            lines.push(line(LineKind::Fee, item, total / i64::from(item.quantity), total));
        }
    }
    let total = sum(&lines.iter().map(|l| l.total_minor).collect::<Vec<_>>())?;
    Ok(Quote { currency, lines, total: Money::new(total, currency) })
}

fn check(items: &[QuoteItem], fee: ServiceFee, currency: Currency) -> Result<(), QuoteError> {
    if items.is_empty() || items.iter().any(|i| i.quantity == 0) {
        return Err(QuoteError::Empty);
    }
    let sellable = items.iter().all(|i| i.unit.currency() == currency && i.unit.minor() >= 0);
    let fair = fee.fixed_minor >= 0 && (0..=10_000).contains(&fee.basis_points);
    if sellable && fair { Ok(()) } else { Err(QuoteError::BadPrice) }
}

fn subtotal(item: &QuoteItem) -> Result<i64, QuoteError> {
    item.unit.checked_mul(item.quantity).map(Money::minor).map_err(|_| QuoteError::TooLarge)
}

fn sum(amounts: &[i64]) -> Result<i64, QuoteError> {
    amounts.iter().try_fold(0_i64, |acc, a| acc.checked_add(*a)).ok_or(QuoteError::TooLarge)
}

fn percent_of(amount: i64, basis_points: i64) -> Result<i64, QuoteError> {
    let scaled = amount.checked_mul(basis_points).ok_or(QuoteError::TooLarge)?;
    Ok((scaled + 5_000) / 10_000)
}

/// Splits `whole` in proportion to `weights` by largest remainder; the parts add to the whole.
/// Zero weights get nothing; with no weight at all there is nothing to split.
pub fn share(whole: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let exact = |w: i64| i128::from(whole) * i128::from(w);
    let mut parts: Vec<i64> = weights.iter().map(|w| (exact(*w) / sum) as i64).collect();
    let mut left = whole - parts.iter().sum::<i64>();
    let mut by_remainder: Vec<usize> = (0..weights.len()).filter(|i| weights[*i] > 0).collect();
    by_remainder.sort_by_key(|i| std::cmp::Reverse(exact(weights[*i]) % sum));
    for index in by_remainder {
        if left == 0 {
            break;
        }
        parts[index] += 1;
        left -= 1;
    }
    parts
}

fn line(kind: LineKind, item: &QuoteItem, unit_minor: i64, total_minor: i64) -> QuoteLine {
    QuoteLine {
        kind,
        ticket_type: Some(item.ticket_type),
        label: item.name.clone(),
        quantity: item.quantity,
        unit_minor,
        total_minor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item(minor: i64, quantity: u32) -> QuoteItem {
        QuoteItem {
            ticket_type: TicketTypeId::generate(),
            name: "Regular".into(),
            unit: Money::new(minor, Currency::Eur),
            quantity,
        }
    }
    const FEE: ServiceFee = ServiceFee { fixed_minor: 50, basis_points: 250 };

    #[test]
    fn a_fee_is_added_to_paid_tickets_and_never_to_free_ones() {
        let quote = quote(&[item(2000, 2), item(0, 3)], FEE, Currency::Eur).expect("a fair order");
        let totals: Vec<_> = quote.lines.iter().map(|l| (l.kind, l.total_minor)).collect();
        assert_eq!(totals, [(LineKind::Ticket, 4000), (LineKind::Fee, 200), (LineKind::Ticket, 0)]);
        assert_eq!(quote.total, Money::new(4200, Currency::Eur));
    }

    #[test]
    fn the_percentage_is_rounded_once_for_the_document() {
        // 3 lines of 33.33: 2.5 % of 99.99 is 2.49975, so 2.50 for all; line by line it would be 3 × 0.83 = 2.49.
        let fee = ServiceFee { fixed_minor: 0, basis_points: 250 };
        let quote = quote(&[item(3333, 1), item(3333, 1), item(3333, 1)], fee, Currency::Eur).expect("fair");
        let fees: Vec<_> =
            quote.lines.iter().filter(|l| l.kind == LineKind::Fee).map(|l| l.total_minor).collect();
        assert_eq!(fees, [84, 83, 83]);
    }

    #[test]
    fn what_cannot_be_priced_is_refused() {
        assert_eq!(quote(&[], FEE, Currency::Eur), Err(QuoteError::Empty));
        assert_eq!(quote(&[item(100, 0)], FEE, Currency::Eur), Err(QuoteError::Empty));
        assert_eq!(quote(&[item(-1, 1)], FEE, Currency::Eur), Err(QuoteError::BadPrice));
        assert_eq!(quote(&[item(100, 1)], FEE, Currency::Usd), Err(QuoteError::BadPrice));
        assert_eq!(quote(&[item(i64::MAX / 2, 3)], FEE, Currency::Eur), Err(QuoteError::TooLarge));
    }

    proptest! {
        #[test]
        fn lines_always_sum_to_the_total(
            items in prop::collection::vec((0_i64..200_000, 1_u32..50), 1..12),
            fixed in 0_i64..1_000, points in 0_i64..=10_000,
        ) {
            let fee = ServiceFee { fixed_minor: fixed, basis_points: points };
            let items: Vec<_> = items.into_iter().map(|(m, q)| item(m, q)).collect();
            let quote = quote(&items, fee, Currency::Eur).expect("fair");
            prop_assert_eq!(quote.lines.iter().map(|l| l.total_minor).sum::<i64>(), quote.total.minor());
            let paid: i64 = items.iter().map(|i| i.unit.minor() * i64::from(i.quantity)).sum();
            let tickets: i64 = items.iter().filter(|i| !i.unit.is_zero()).map(|i| i64::from(i.quantity)).sum();
            let fees: i64 = quote.lines.iter().filter(|l| l.kind == LineKind::Fee).map(|l| l.total_minor).sum();
            prop_assert_eq!(fees, tickets * fixed + (paid * points + 5_000) / 10_000);
        }

        #[test]
        fn shares_add_to_the_whole_and_stray_less_than_one_unit(whole in 0_i64..1_000_000, weights in prop::collection::vec(0_i64..1_000_000, 1..20)) {
            let parts = share(whole, &weights);
            let sum: i64 = weights.iter().sum();
            prop_assert_eq!(parts.iter().sum::<i64>(), if sum == 0 { 0 } else { whole });
            for (part, weight) in parts.iter().zip(&weights) {
                if sum > 0 {
                    let exact = whole as f64 * *weight as f64 / sum as f64;
                    prop_assert!((*part as f64 - exact).abs() < 1.0 + 1e-6);
                }
            }
        }
    }
}
