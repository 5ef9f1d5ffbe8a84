//! What goes back of an order: a ticket's share of each line, an amount out of goodwill, or all that is left.
//!
//! A line belongs to its item: the ticket line and the discount, fee and tax lines that follow it. Each of these amounts
//! is split over the item's tickets so that the first k tickets together have the k-th part of it, rounded down. So a
//! ticket's share never depends on what went back before, and the shares of all tickets are the order, to the cent.

mod own;
mod rest;
mod state;

pub use own::{AskTheClub, by_guest_until};
pub use rest::{Good, Sold, Torn, before_discount, may_stay};
pub use state::{Reason, State};

use crate::quote::{LineKind, QuoteLine, share};

/// What becomes of the service fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fees {
    /// The guest gets it back.
    Returned,
    /// The club keeps it, and the tax on it. A fee that the price contains is the club's own matter: the guest gets the price.
    Kept,
}

/// An amount by what it was paid for, minor units. No part is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// What tickets earned, without tax and fee.
    pub tickets_minor: i64,
    /// What the service fee earned, without tax.
    pub fees_minor: i64,
    /// Tax.
    pub tax_minor: i64,
}

/// Why an amount can't go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefundFault {
    /// Zero, or less.
    #[error("an amount that goes back is more than nothing")]
    Nothing,
    /// More than is left of what was paid.
    #[error("no more can go back than is left of what was paid")]
    Exceeds,
}

impl Parts {
    /// The whole amount, minor units.
    pub const fn total(self) -> i64 {
        self.tickets_minor + self.fees_minor + self.tax_minor
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            tickets_minor: self.tickets_minor + other.tickets_minor,
            fees_minor: self.fees_minor + other.fees_minor,
            tax_minor: self.tax_minor + other.tax_minor,
        }
    }

    /// What is left without the other. A refund never takes more of a part than it has, see [`Parts::within`].
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self {
            tickets_minor: self.tickets_minor - other.tickets_minor,
            fees_minor: self.fees_minor - other.fees_minor,
            tax_minor: self.tax_minor - other.tax_minor,
        }
    }

    /// What is left where a fee and the tax on it stay, whatever went back before: of a fee that did, so did the tax.
    #[must_use]
    pub fn keeping(self, kept: Self) -> Self {
        let fees_minor = kept.fees_minor.min(self.fees_minor);
        let tax_minor = match kept.fees_minor {
            0 => kept.tax_minor,
            fees => rounded_down(kept.tax_minor, fees_minor, fees),
        };
        let left = self.less(Self { fees_minor, tax_minor, ..kept });
        Self {
            tickets_minor: left.tickets_minor.max(0),
            fees_minor: left.fees_minor.max(0),
            tax_minor: left.tax_minor.max(0),
        }
    }

    /// An amount out of what is left, in proportion to its parts.
    pub fn amount(self, minor: i64) -> Result<Self, RefundFault> {
        if minor <= 0 {
            return Err(RefundFault::Nothing);
        }
        if minor > self.total() {
            return Err(RefundFault::Exceeds);
        }
        let parts = share(minor, &[self.tickets_minor, self.fees_minor, self.tax_minor]);
        Ok(Self { tickets_minor: parts[0], fees_minor: parts[1], tax_minor: parts[2] })
    }

    /// These parts, if they are still there; else as much of what is left. An amount given back out of goodwill may have taken
    /// some of each.
    #[must_use]
    pub fn within(self, left: Self) -> Self {
        let fits = self.tickets_minor <= left.tickets_minor
            && self.fees_minor <= left.fees_minor
            && self.tax_minor <= left.tax_minor;
        if fits { self } else { left.amount(self.total().min(left.total())).unwrap_or_default() }
    }
}

/// What an order was paid for.
pub fn paid(lines: &[QuoteLine]) -> Parts {
    let starts = lines.iter().enumerate().filter(|(_, line)| line.kind == LineKind::Ticket);
    starts
        .fold(Parts::default(), |sum, (index, _)| sum.plus(Item::at(lines, index).returned(|amount| amount)))
}

/// The fees beside the prices of an order, and the tax on them: what the club keeps where it keeps the fee.
pub fn fees_beside(lines: &[QuoteLine]) -> Parts {
    let starts = lines.iter().enumerate().filter(|(_, line)| line.kind == LineKind::Ticket);
    starts.map(|(index, _)| Item::at(lines, index)).fold(Parts::default(), |sum, item| {
        sum.plus(Parts { tickets_minor: 0, fees_minor: item.fee, tax_minor: item.fee_tax })
    })
}

/// What goes back for one ticket: the `ordinal`-th (from 1) of the ticket line at `index`. Nothing for any other line.
pub fn ticket(lines: &[QuoteLine], index: usize, ordinal: u32, fees: Fees) -> Parts {
    let places = match lines.get(index) {
        Some(line) if line.kind == LineKind::Ticket && (1..=line.places).contains(&ordinal) => line.places,
        _ => return Parts::default(),
    };
    let item = Item::at(lines, index);
    let of = |amount: i64| part(amount, places, ordinal);
    match fees {
        Fees::Returned => item.returned(of),
        Fees::Kept => item.kept(of),
    }
}

/// What an item cost, by what it was for. An included tax lies in the price and in the fee that the club bears, in proportion;
/// a tax on top was taken on price and fee together.
#[derive(Debug, Clone, Copy)]
struct Item {
    price: i64,
    price_tax: i64,
    /// The fee that the price contains, without its tax.
    absorbed: i64,
    absorbed_tax: i64,
    /// The fee beside the price, without its tax.
    fee: i64,
    fee_tax: i64,
}

impl Item {
    /// The ticket line at `index` and what follows it up to the next.
    fn at(lines: &[QuoteLine], index: usize) -> Self {
        let rest = lines.iter().skip(index + 1).take_while(|line| line.kind != LineKind::Ticket);
        let item: Vec<&QuoteLine> = lines.get(index).into_iter().chain(rest).collect();
        let sum = |kind: LineKind, amount: fn(&QuoteLine) -> i64| -> i64 {
            item.iter().filter(|line| line.kind == kind).map(|line| amount(line)).sum()
        };
        let (total, tax) = (|line: &QuoteLine| line.total_minor, |line: &QuoteLine| line.tax_minor);
        let price = sum(LineKind::Ticket, total) + sum(LineKind::Discount, total);
        let price_tax = sum(LineKind::Ticket, tax) + sum(LineKind::Discount, tax);
        let absorbed = sum(LineKind::Ticket, |line| line.absorbed_fee_minor);
        let (fee, fee_tax) = (sum(LineKind::Fee, total), sum(LineKind::Fee, tax));
        let included = share(price_tax, &[price - absorbed, absorbed]);
        let on_top = share(sum(LineKind::Tax, total), &[price, fee - fee_tax]);
        Self {
            price: price - absorbed - included[0],
            price_tax: included[0] + on_top[0],
            absorbed: absorbed - included[1],
            absorbed_tax: included[1],
            fee: fee - fee_tax,
            fee_tax: fee_tax + on_top[1],
        }
    }

    fn returned(self, of: impl Fn(i64) -> i64) -> Parts {
        Parts {
            tickets_minor: of(self.price),
            fees_minor: of(self.absorbed) + of(self.fee),
            tax_minor: of(self.price_tax) + of(self.absorbed_tax) + of(self.fee_tax),
        }
    }

    /// The guest gets the price, whatever of it the club bears as a fee.
    fn kept(self, of: impl Fn(i64) -> i64) -> Parts {
        Parts {
            tickets_minor: of(self.price) + of(self.absorbed),
            fees_minor: 0,
            tax_minor: of(self.price_tax) + of(self.absorbed_tax),
        }
    }
}

/// The share of the `ordinal`-th of `places`: what the first k have together is the k-th part, rounded down.
fn part(amount: i64, places: u32, ordinal: u32) -> i64 {
    let up_to = |k: u32| rounded_down(amount, i64::from(k), i64::from(places.max(1)));
    up_to(ordinal) - up_to(ordinal - 1)
}

/// So many of so many parts of an amount.
fn rounded_down(amount: i64, parts: i64, of: i64) -> i64 {
    let exact = i128::from(amount) * i128::from(parts);
    i64::try_from(exact.div_euclid(i128::from(of))).unwrap_or_default()
}

#[cfg(test)]
mod tests;
