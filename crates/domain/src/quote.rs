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

mod pricing;
mod share;
#[cfg(test)]
mod tests;

use crate::{
    ids::TicketTypeId,
    money::{Currency, Money},
};
use serde::{Deserialize, Serialize};

pub use pricing::quote;
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
