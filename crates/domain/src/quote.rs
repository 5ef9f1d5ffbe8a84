//! What an order costs: lines for tickets, discounts, fees and taxes that sum to the total.
//!
//! **The one rounding rule.** Whatever is a share of a price (a per-cent discount, the per-cent part of a fee, a tax) is
//! computed once per rate on the sum of all that it applies to, rounded half up, and then shared over the items by largest
//! remainder (ties go to the earlier item). So parts always add to the whole, whatever the split.
//!
//! **The order of things.** Price × quantity, less the discount, plus the service fee on what is left to pay, then tax on
//! both. An item that costs nothing after the discount carries no fee. A fee that the club *absorbs* is no line: it is noted
//! on the ticket line, as the part of the price that is fee. A tax that the price *includes* is no line either: each line
//! says how much of it is tax. A tax on top is a line of its own.

mod share;
#[cfg(test)]
mod tests;

use crate::{
    ids::TicketTypeId,
    money::{Currency, Money},
};
use serde::{Deserialize, Serialize};

pub use share::share;

/// What a guest wants: some of one ticket type, at one price of our database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteItem {
    /// The ticket type.
    pub ticket_type: TicketTypeId,
    /// Its name (and its tier's), frozen into the line's label.
    pub name: String,
    /// Price of one, before discount, fee and tax on top.
    pub unit: Money,
    /// How many; at least one.
    pub quantity: u32,
    /// Places that one takes: more than one for a group ticket.
    pub places: u32,
    /// The fee on it.
    pub fee: ServiceFee,
    /// The tax on it.
    pub tax: Tax,
    /// Whether the order's discount applies to it.
    pub discounted: bool,
}

/// The club's service fee on each paid ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceFee {
    /// Minor units per paid ticket; not negative.
    #[serde(default)]
    pub fixed_minor: i64,
    /// Share of the price in hundredths of a per cent; 250 is 2.5 %. From 0 to 10 000.
    #[serde(default)]
    pub basis_points: i64,
    /// Whether the price contains it already, so that the club bears it.
    #[serde(default)]
    pub absorbed: bool,
}

/// A tax on a ticket type and its fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tax {
    /// The rate in hundredths of a per cent; 2100 is 21 %. From 0 to 10 000.
    #[serde(default)]
    pub basis_points: i64,
    /// Whether it comes on top of price and fee. Else they contain it.
    #[serde(default)]
    pub on_top: bool,
}

/// What a promo takes off the items it applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discount {
    /// What its lines are called: the code.
    pub label: String,
    /// How much.
    pub off: Off,
}

/// How much a promo takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Off {
    /// A share in hundredths of a per cent, from 1 to 10 000.
    BasisPoints(i64),
    /// An amount off the order, in minor units; never more than the items cost.
    Minor(i64),
}

/// What a line of a quote is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Tickets of one type.
    Ticket,
    /// What the promo takes off the tickets of one type; its amounts are negative.
    Discount,
    /// The service fee on the tickets of one type.
    Fee,
    /// A tax on top of the tickets of one type and their fee.
    Tax,
    /// What a club credit pays; its amount is negative. It stands last and belongs to no item: it is no part of the price.
    Credit,
}

impl LineKind {
    /// Every kind, in the order in which an item's lines stand, and what pays for all.
    pub const ALL: [Self; 5] = [Self::Ticket, Self::Discount, Self::Fee, Self::Tax, Self::Credit];

    /// Its name in SQL and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Discount => "discount",
            Self::Fee => "fee",
            Self::Tax => "tax",
            Self::Credit => "credit",
        }
    }

    /// The kind with that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// One line of a quote. `total_minor` is what counts; lines other than tickets may not divide evenly by their quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    /// What it is for.
    pub kind: LineKind,
    /// The ticket type it belongs to.
    pub ticket_type: Option<TicketTypeId>,
    /// The name of the ticket type when it was quoted; on a discount line the code.
    pub label: String,
    /// How many were bought.
    pub quantity: u32,
    /// Tickets to be issued for a ticket line: quantity times the places of one. Zero on every other line.
    pub places: u32,
    /// Price of one, minor units; where the line does not divide evenly, the share of one, rounded towards zero.
    pub unit_minor: i64,
    /// Price of the line, minor units.
    pub total_minor: i64,
    /// How much of `total_minor` is tax, minor units.
    pub tax_minor: i64,
    /// The rate of that tax, in hundredths of a per cent.
    pub tax_basis_points: i64,
    /// How much of `total_minor` is a service fee that the club bears, minor units, tax included. Ticket lines only.
    pub absorbed_fee_minor: i64,
}

/// A price: what is shown, charged, receipted and booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Currency of every line.
    pub currency: Currency,
    /// For each item in the order asked: its tickets, then its discount, fee and tax where there are any.
    pub lines: Vec<QuoteLine>,
    /// The sum of the lines.
    pub total: Money,
}

impl Quote {
    /// The sum of the lines of one kind, minor units.
    pub fn sum_of(&self, kind: LineKind) -> i64 {
        self.lines.iter().filter(|line| line.kind == kind).map(|line| line.total_minor).sum()
    }

    /// What is bought costs, whatever of it a credit pays, minor units.
    pub fn worth_minor(&self) -> i64 {
        self.total.minor() - self.sum_of(LineKind::Credit)
    }

    /// The same with a credit that pays for it as far as it goes; the total is what is left to pay. Prices, fees and taxes stay. Where
    /// the rest would be less than a card can pay, the card pays that much, and the credit keeps the difference.
    #[must_use]
    pub fn with_credit(mut self, label: &str, balance_minor: i64) -> Self {
        let (total, least) = (self.total.minor(), self.currency.least_charge());
        let rest = total - balance_minor.min(total);
        let spent = if rest > 0 { total - rest.max(least) } else { total };
        if spent <= 0 {
            return self;
        }
        self.lines.push(QuoteLine {
            kind: LineKind::Credit,
            ticket_type: None,
            label: label.to_owned(),
            quantity: 1,
            places: 0,
            unit_minor: -spent,
            total_minor: -spent,
            tax_minor: 0,
            tax_basis_points: 0,
            absorbed_fee_minor: 0,
        });
        self.total = Money::new(self.total.minor() - spent, self.currency);
        self
    }

    /// How much of the total is tax, minor units, included or on top.
    pub fn tax_minor(&self) -> i64 {
        self.lines.iter().map(|line| line.tax_minor).sum()
    }
}

/// Why no price can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// Nothing was asked for, or a quantity of zero.
    #[error("an order needs at least one ticket")]
    Empty,
    /// An item's currency is not the order's, its price is negative, or a fee, tax or discount is out of range.
    #[error("a price of this order is not sellable")]
    BadPrice,
    /// The sum does not fit.
    #[error("the order is too large")]
    TooLarge,
}

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
