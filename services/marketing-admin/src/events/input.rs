//! An event as it is entered, through the API or the form.

use chrono::{DateTime, Utc};
use domain::event::terms::{EventTerms, TypeTerms};
use domain::money::Money;
use domain::quote::ServiceFee;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::events::terms_schema::{EventTermsSchema, TypeTermsSchema};

/// Money in JSON.
#[derive(Debug, ToSchema)]
#[schema(as = Money)]
pub struct MoneySchema {
    /// Minor units (cents).
    #[schema(example = 2350)]
    pub minor: i64,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
}

/// The club's fee in JSON.
#[derive(Debug, ToSchema)]
#[schema(as = ServiceFee)]
pub struct FeeSchema {
    /// Minor units per paid ticket.
    pub fixed_minor: i64,
    /// Share of the price in hundredths of a per cent: 250 is 2.5 %.
    pub basis_points: i64,
    /// Whether the price contains it already.
    pub absorbed: bool,
}

/// An event as entered. What may be left out is told in the README.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventInput {
    /// The revision the change was made from; only when changing.
    pub revision: Option<i64>,
    /// Title.
    pub title: String,
    /// Its part of the address.
    pub slug: Option<String>,
    /// Plain text; a blank line parts paragraphs.
    #[serde(default)]
    pub description: String,
    /// Doors.
    pub starts_at: DateTime<Utc>,
    /// The end.
    pub ends_at: DateTime<Utc>,
    /// First instant of entry.
    pub entry_from: Option<DateTime<Utc>>,
    /// First instant without entry.
    pub entry_until: Option<DateTime<Utc>>,
    /// Id or name of the venue.
    pub venue: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// The club's fee on paid tickets.
    #[schema(value_type = Option<FeeSchema>)]
    pub fee: Option<ServiceFee>,
    /// How the night is sold: who finds it, limits that ticket types share, what goes back.
    #[serde(default)]
    #[schema(value_type = EventTermsSchema)]
    pub terms: EventTerms,
    /// Places to which ticket types give entry.
    pub zones: Option<Vec<ZoneInput>>,
    /// What is sold.
    pub ticket_types: Vec<TicketTypeInput>,
}

/// A zone as entered.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ZoneInput {
    /// Of a zone the event has; left out for a new one.
    pub id: Option<Uuid>,
    /// Its name.
    pub name: String,
}

/// A ticket type as entered.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketTypeInput {
    /// Of a ticket type the event has; left out for a new one.
    pub id: Option<Uuid>,
    /// Its name.
    pub name: String,
    /// What it includes.
    #[serde(default)]
    pub description: String,
    /// Price of one, before the fee.
    #[schema(value_type = MoneySchema)]
    pub price: Money,
    /// Tickets.
    pub capacity: i64,
    /// Fewest per order.
    #[serde(default = "one")]
    pub min_per_order: i64,
    /// Most per order.
    #[serde(default = "ten")]
    pub max_per_order: i64,
    /// When its sale opens.
    pub sale_from: Option<DateTime<Utc>>,
    /// When its sale ends.
    pub sale_until: Option<DateTime<Utc>>,
    /// Name of the zone it opens.
    pub zone: Option<String>,
    /// Shown at the door with each ticket.
    #[serde(default)]
    pub attention: String,
    /// How it is sold: group tickets, add-ons, hidden types, limits per guest, rising prices, tax, its own fee.
    #[serde(default)]
    #[schema(value_type = TypeTermsSchema)]
    pub terms: TypeTerms,
}

const fn one() -> i64 {
    1
}

const fn ten() -> i64 {
    10
}
