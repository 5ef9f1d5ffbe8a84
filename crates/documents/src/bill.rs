//! What a receipt and a credit note have in common: parties, lines, tax, and the check that the amounts add up.
//!
//! Every amount comes in finished, in integer minor units; this crate adds only to compare. A paper whose lines do not sum
//! to its total is worse than no paper.

use chrono::{DateTime, NaiveDate, Utc};
use domain::language::Language;
use domain::mode::Mode;
use domain::money::{Currency, Money, MoneyError};
use domain::order::OrderReference;

pub(crate) mod view;

/// Who sells, as the tax office knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seller {
    /// Legal name.
    pub legal_name: String,
    /// Address, line by line.
    pub address: Vec<String>,
    /// Tax number, as printed (`ES B12345678`).
    pub tax_id: String,
    /// An address for questions.
    pub contact: Option<String>,
}

/// Who bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// Name, or the name of the company.
    pub name: String,
    /// Address, line by line; empty on a simple receipt.
    pub address: Vec<String>,
    /// Tax number, for a company.
    pub tax_id: Option<String>,
    /// Email.
    pub email: Option<String>,
}

/// One line: tickets, a fee, a discount, or a tax that comes on top. On a credit note all amounts are negative (a discount
/// taken back: positive).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is for, in the reader's language.
    pub label: String,
    /// A second, quieter line; the night, a promo's code.
    pub detail: Option<String>,
    /// How many.
    pub quantity: u32,
    /// Price of one; `None` where the line does not divide evenly (a shared fee, a discount).
    pub unit: Option<Money>,
    /// The tax rate it carries, in hundredths of a per cent: 2100 is 21 %. A tax on top is a line of its own at its own rate.
    /// `None` if no tax is charged at all.
    pub tax_rate: Option<u32>,
    /// Price of the line; with the tax unless that is a line of its own.
    pub total: Money,
}

/// The tax of one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxShare {
    /// Hundredths of a per cent: 2100 is 21 %.
    pub rate: u32,
    /// Without tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// With tax.
    pub gross: Money,
}

/// Money that came in (a receipt) or went back (a credit note: negative).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// How, in words: `Visa ···· 4242`.
    pub method: String,
    /// The day it was booked, on the seller's calendar.
    pub on: NaiveDate,
    /// How much.
    pub amount: Money,
}

/// The frame of a receipt, an invoice or a credit note.
#[derive(Debug, Clone)]
pub struct Bill {
    /// Whether the money was real; a bill of test mode says that it was not.
    pub mode: Mode,
    /// The reader's language.
    pub language: Language,
    /// The paper's own number, from an unbroken series.
    pub number: String,
    /// Its date, on the seller's calendar.
    pub issued_on: NaiveDate,
    /// The day of the service: the business night.
    pub supplied_on: NaiveDate,
    /// Who sells.
    pub seller: Seller,
    /// Who bought.
    pub buyer: Buyer,
    /// The order.
    pub order: OrderReference,
    /// At least one.
    pub lines: Vec<Line>,
    /// Net, tax and gross of each rate on the lines; empty if no tax is charged.
    pub taxes: Vec<TaxShare>,
    /// The sum of the lines.
    pub total: Money,
    /// Sums to `total`; empty if the total is zero.
    pub payments: Vec<Payment>,
    /// A sentence the law wants (an exemption, a register), in the reader's language.
    pub legal_note: Option<String>,
    /// When the file is made.
    pub made_at: DateTime<Utc>,
}

/// Which sum is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SumFault {
    /// Two amounts that must be equal are not.
    #[error("{what}: {expected} expected, {found} found")]
    Differs {
        /// Which amounts.
        what: String,
        /// The amount printed.
        expected: Money,
        /// The sum of its parts.
        found: Money,
    },
    /// A rate stands on a line and not among the taxes, the other way round, or twice.
    #[error("the rate {0:?} (hundredths of a per cent) is not the same on lines and taxes")]
    Rate(Option<u32>),
    /// An amount has the wrong sign for this paper.
    #[error("{what}: {amount} has the wrong sign")]
    Sign {
        /// Which amount.
        what: &'static str,
        /// The amount.
        amount: Money,
    },
    /// More went back than came in.
    #[error("refunds of {0} are more than the total")]
    TooMuchBack(Money),
    /// Two currencies on one paper, or a sum beyond all measure.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Bill {
    /// Whether every amount is the sum of its parts.
    pub(crate) fn check(&self) -> Result<(), SumFault> {
        let currency = self.total.currency();
        for (place, line) in self.lines.iter().enumerate() {
            if let Some(unit) = line.unit {
                same(format!("line {}", place + 1), line.total, unit.checked_mul(line.quantity)?)?;
            }
        }
        same("lines", self.total, sum(currency, self.lines.iter().map(|line| line.total))?)?;
        same("payments", self.total, sum(currency, self.payments.iter().map(|paid| paid.amount))?)?;
        self.check_taxes(currency)
    }

    fn check_taxes(&self, currency: Currency) -> Result<(), SumFault> {
        for (place, share) in self.taxes.iter().enumerate() {
            let lines = self.lines.iter().filter(|line| line.tax_rate == Some(share.rate));
            if lines.clone().next().is_none()
                || self.taxes[..place].iter().any(|other| other.rate == share.rate)
            {
                return Err(SumFault::Rate(Some(share.rate)));
            }
            same(format!("tax at {}", share.rate), share.gross, share.net.checked_add(share.tax)?)?;
            let taxed = sum(currency, lines.map(|line| line.total))?;
            same(format!("lines at {}", share.rate), share.gross, taxed)?;
        }
        let known = |rate: Option<u32>| match rate {
            Some(rate) => self.taxes.iter().any(|share| share.rate == rate),
            None => self.taxes.is_empty(),
        };
        match self.lines.iter().find(|line| !known(line.tax_rate)) {
            Some(line) => Err(SumFault::Rate(line.tax_rate)),
            None => Ok(()),
        }
    }
}

/// The sum, or a complaint about currencies.
pub(crate) fn sum(currency: Currency, amounts: impl Iterator<Item = Money>) -> Result<Money, SumFault> {
    let mut amounts = amounts;
    Ok(amounts.try_fold(Money::zero(currency), Money::checked_add)?)
}

fn same(what: impl Into<String>, expected: Money, found: Money) -> Result<(), SumFault> {
    // Currencies are compared by the subtraction.
    let difference = expected.checked_sub(found)?;
    if difference.is_zero() { Ok(()) } else { Err(SumFault::Differs { what: what.into(), expected, found }) }
}
