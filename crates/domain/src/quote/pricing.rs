//! How a quote is worked out, step by step: the discount, the fees, the taxes, and the lines that say so.

use super::{Discount, LineKind, Off, Quote, QuoteError, QuoteItem, QuoteLine, share};
use crate::money::{Currency, Money};

/// Prices `items`, with a promo's discount where there is one.
pub fn quote(
    items: &[QuoteItem],
    discount: Option<&Discount>,
    currency: Currency,
) -> Result<Quote, QuoteError> {
    check(items, discount, currency)?;
    let gross = items.iter().map(subtotal).collect::<Result<Vec<_>, _>>()?;
    sum(&gross)?;
    let off = discounts(items, discount, &gross)?;
    let net: Vec<i64> = gross.iter().zip(&off).map(|(gross, off)| gross - off).collect();
    let fees = fees(items, &net)?;
    let taxes = taxes(items, &net, &fees)?;

    let mut lines = Vec::with_capacity(items.len() * 2);
    for (index, item) in items.iter().enumerate() {
        let (gross, off, fee, tax) = (gross[index], off[index], fees[index], taxes[index]);
        lines_of(item, discount, Amounts { gross, off, fee, tax }, &mut lines);
    }
    let total = sum(&lines.iter().map(|l| l.total_minor).collect::<Vec<_>>())?;
    Ok(Quote { currency, lines, total: Money::new(total, currency) })
}

/// What was computed for one item, minor units.
#[derive(Debug, Clone, Copy)]
struct Amounts {
    gross: i64,
    off: i64,
    fee: i64,
    tax: i64,
}

fn check(items: &[QuoteItem], discount: Option<&Discount>, currency: Currency) -> Result<(), QuoteError> {
    if items.is_empty() || items.iter().any(|i| i.quantity == 0 || i.places == 0) {
        return Err(QuoteError::Empty);
    }
    let rate = |basis_points: i64| (0..=10_000).contains(&basis_points);
    let sellable = items.iter().all(|i| {
        i.unit.currency() == currency
            && i.unit.minor() >= 0
            && i.fee.fixed_minor >= 0
            && rate(i.fee.basis_points)
            && rate(i.tax.basis_points)
    });
    let fair = discount.is_none_or(|discount| match discount.off {
        Off::BasisPoints(points) => (1..=10_000).contains(&points),
        Off::Minor(minor) => minor > 0,
    });
    if sellable && fair { Ok(()) } else { Err(QuoteError::BadPrice) }
}

fn subtotal(item: &QuoteItem) -> Result<i64, QuoteError> {
    item.unit.checked_mul(item.quantity).map(Money::minor).map_err(|_| QuoteError::TooLarge)
}

fn sum(amounts: &[i64]) -> Result<i64, QuoteError> {
    amounts.iter().try_fold(0_i64, |acc, a| acc.checked_add(*a)).ok_or(QuoteError::TooLarge)
}

/// `amount × basis_points ÷ divisor`, rounded half up.
fn portion(amount: i64, basis_points: i64, divisor: i64) -> Result<i64, QuoteError> {
    let scaled = i128::from(amount) * i128::from(basis_points);
    let rounded = (scaled + i128::from(divisor) / 2) / i128::from(divisor);
    i64::try_from(rounded).map_err(|_| QuoteError::TooLarge)
}

fn discounts(
    items: &[QuoteItem],
    discount: Option<&Discount>,
    gross: &[i64],
) -> Result<Vec<i64>, QuoteError> {
    let Some(discount) = discount else { return Ok(vec![0; items.len()]) };
    let weights: Vec<i64> =
        items.iter().zip(gross).map(|(i, gross)| if i.discounted { *gross } else { 0 }).collect();
    let whole = sum(&weights)?;
    let off = match discount.off {
        Off::BasisPoints(points) => portion(whole, points, 10_000)?,
        Off::Minor(minor) => minor.min(whole),
    };
    Ok(share(off, &weights))
}

fn fees(items: &[QuoteItem], net: &[i64]) -> Result<Vec<i64>, QuoteError> {
    let mut fees = shared_by_rate(items.iter().map(|i| i.fee.basis_points), net, |sum, rate| {
        portion(sum, rate, 10_000)
    })?;
    for ((item, net), fee) in items.iter().zip(net).zip(&mut fees) {
        if *net == 0 {
            continue;
        }
        let tickets = i64::from(item.quantity) * i64::from(item.places);
        let fixed = item.fee.fixed_minor.checked_mul(tickets).ok_or(QuoteError::TooLarge)?;
        *fee = fee.checked_add(fixed).ok_or(QuoteError::TooLarge)?;
        if item.fee.absorbed {
            *fee = (*fee).min(*net);
        }
    }
    Ok(fees)
}

fn taxes(items: &[QuoteItem], net: &[i64], fees: &[i64]) -> Result<Vec<i64>, QuoteError> {
    let paid = |(index, item): (usize, &QuoteItem)| {
        if item.fee.absorbed { net[index] } else { net[index] + fees[index] }
    };
    let paid: Vec<i64> = items.iter().enumerate().map(paid).collect();
    shared_by_rate(items.iter().map(|i| i.tax), &paid, |sum, tax| {
        let divisor = if tax.on_top { 10_000 } else { 10_000 + tax.basis_points };
        portion(sum, tax.basis_points, divisor)
    })
}

/// For each rate: the whole on the sum of its items, shared over them. The one rounding rule.
fn shared_by_rate<Rate: Copy + Ord>(
    rates: impl Iterator<Item = Rate>,
    amounts: &[i64],
    whole: impl Fn(i64, Rate) -> Result<i64, QuoteError>,
) -> Result<Vec<i64>, QuoteError> {
    let rates: Vec<Rate> = rates.collect();
    let mut distinct = rates.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let mut parts = vec![0; amounts.len()];
    for rate in distinct {
        let weights: Vec<i64> =
            rates.iter().zip(amounts).map(|(r, amount)| if *r == rate { *amount } else { 0 }).collect();
        for (part, share) in parts.iter_mut().zip(share(whole(sum(&weights)?, rate)?, &weights)) {
            *part += share;
        }
    }
    Ok(parts)
}

fn lines_of(item: &QuoteItem, discount: Option<&Discount>, amounts: Amounts, lines: &mut Vec<QuoteLine>) {
    let Amounts { gross, off, fee, tax } = amounts;
    let net = gross - off;
    // A tax that is included lies in the tickets and in the fee, in proportion.
    let (ticket_tax, fee_tax) = match (item.tax.on_top, item.fee.absorbed) {
        (true, _) => (0, 0),
        (false, true) => (tax, 0),
        (false, false) => {
            let parts = share(tax, &[net, fee]);
            (parts[0], parts[1])
        }
    };
    let line = |kind: LineKind, label: &str, total: i64, tax_minor: i64| QuoteLine {
        kind,
        ticket_type: Some(item.ticket_type),
        label: label.to_owned(),
        quantity: item.quantity,
        places: 0,
        unit_minor: total / i64::from(item.quantity),
        total_minor: total,
        tax_minor,
        tax_basis_points: item.tax.basis_points,
        absorbed_fee_minor: 0,
    };
    lines.push(QuoteLine {
        places: item.quantity * item.places,
        absorbed_fee_minor: if item.fee.absorbed { fee } else { 0 },
        ..line(LineKind::Ticket, &item.name, gross, ticket_tax)
    });
    if let Some(discount) = discount.filter(|_| off > 0) {
        lines.push(line(LineKind::Discount, &discount.label, -off, 0));
    }
    if fee > 0 && !item.fee.absorbed {
        lines.push(line(LineKind::Fee, &item.name, fee, fee_tax));
    }
    if tax > 0 && item.tax.on_top {
        lines.push(line(LineKind::Tax, &item.name, tax, tax));
    }
}
