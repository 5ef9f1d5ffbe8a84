//! JSON shapes that several rooms share.

use domain::money::Money;
use domain::quote::Quote;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An amount: minor units (cents) and an ISO 4217 code.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MoneyBody {
    /// Minor units.
    pub minor: i64,
    /// ISO 4217.
    pub currency: &'static str,
}

impl From<Money> for MoneyBody {
    fn from(money: Money) -> Self {
        Self { minor: money.minor(), currency: money.currency().code() }
    }
}

/// A price: lines that sum to the total.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteBody {
    /// Tickets, each followed by its discount, service fee and tax where there are any.
    pub lines: Vec<QuoteLineBody>,
    /// What is charged.
    pub total: MoneyBody,
}

/// One line of a price.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteLineBody {
    /// `ticket`, `discount` (negative), `fee`, `tax` (on top), or `credit` (negative: what a credit pays).
    pub kind: &'static str,
    /// The ticket type.
    pub ticket_type: Option<Uuid>,
    /// Its name.
    pub label: String,
    /// How many were bought; a group ticket is one.
    pub quantity: u32,
    /// Price of one; of a fee, the rounded-down share of one ticket.
    pub unit: MoneyBody,
    /// Price of the line.
    pub total: MoneyBody,
    /// How much of it is tax.
    pub tax: MoneyBody,
}

impl QuoteBody {
    pub(crate) fn of(quote: &Quote) -> Self {
        let money = |minor| MoneyBody { minor, currency: quote.currency.code() };
        let line = |line: &domain::quote::QuoteLine| QuoteLineBody {
            kind: line.kind.code(),
            ticket_type: line.ticket_type.map(domain::ids::TicketTypeId::uuid),
            label: line.label.clone(),
            quantity: line.quantity,
            unit: money(line.unit_minor),
            total: money(line.total_minor),
            tax: money(line.tax_minor),
        };
        Self { lines: quote.lines.iter().map(line).collect(), total: quote.total.into() }
    }
}
