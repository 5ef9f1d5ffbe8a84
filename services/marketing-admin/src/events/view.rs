//! An event as the API shows it.

use chrono::{DateTime, Utc};
use domain::event::terms::{EventTerms, TypeTerms};
use domain::money::{Currency, Money};
use domain::quote::ServiceFee;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Fault;

use crate::events::input::{FeeSchema, MoneySchema};
use crate::events::lowered::LoweredView;
use crate::events::store::{Event, TicketTypeRow, ZoneRow};
use crate::events::terms_schema::{EventTermsSchema, TypeTermsSchema};

/// A whole event.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields are told in the README and in EventInput")]
pub struct EventView {
    pub id: Uuid,
    pub revision: i64,
    pub slug: String,
    pub title: String,
    pub description: String,
    /// `draft`, `published`, `cancelled` or `archived`.
    pub status: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub entry_from: DateTime<Utc>,
    pub entry_until: DateTime<Utc>,
    pub venue: VenueView,
    pub currency: String,
    #[schema(value_type = FeeSchema)]
    pub fee: ServiceFee,
    #[schema(value_type = EventTermsSchema)]
    pub terms: EventTerms,
    pub zones: Vec<ZoneView>,
    pub ticket_types: Vec<TicketTypeView>,
    pub changed_at: DateTime<Utc>,
    pub published_at: Option<DateTime<Utc>>,
    pub cancelled_at: Option<DateTime<Utc>>,
    /// When it was to begin before it last got a new date.
    pub old_starts_at: Option<DateTime<Utc>>,
    /// In the answer to a change that lowers capacities: what it came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowered: Option<LoweredView>,
}

/// A venue.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct VenueView {
    pub id: Uuid,
    pub name: String,
    pub address: String,
    /// IANA name.
    pub time_zone: String,
}

/// A zone.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ZoneView {
    pub id: Uuid,
    pub name: String,
}

/// A ticket type.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields are told in the README and in TicketTypeInput")]
pub struct TicketTypeView {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    #[schema(value_type = MoneySchema)]
    pub price: Money,
    pub capacity: i64,
    pub min_per_order: i32,
    pub max_per_order: i32,
    pub sale_from: Option<DateTime<Utc>>,
    pub sale_until: Option<DateTime<Utc>>,
    pub zone: ZoneView,
    pub attention: String,
    #[schema(value_type = TypeTermsSchema)]
    pub terms: TypeTerms,
}

impl EventView {
    /// The view of what is stored. Fails only if a row holds what no write of ours puts there.
    pub fn of(event: Event) -> Result<Self, Fault> {
        let Event { row, zones, ticket_types } = event;
        let currency: Currency = row.currency.parse().map_err(Fault::internal)?;
        let zones: Vec<ZoneView> =
            zones.into_iter().map(|ZoneRow { id, name, .. }| ZoneView { id, name }).collect();
        let ticket_types = ticket_types.into_iter().map(|each| ticket_type(each, &zones, currency)).collect();
        let (fee, terms) = (row.fee(), row.terms());
        Ok(Self {
            id: row.id,
            revision: row.revision,
            slug: row.slug,
            title: row.title,
            description: row.description,
            status: row.status,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            entry_from: row.entry_from,
            entry_until: row.entry_until,
            venue: VenueView {
                id: row.venue_id,
                name: row.venue_name,
                address: row.venue_address,
                time_zone: row.time_zone,
            },
            currency: row.currency,
            fee,
            terms,
            zones,
            ticket_types,
            changed_at: row.changed_at,
            published_at: row.published_at,
            cancelled_at: row.cancelled_at,
            old_starts_at: row.old_starts_at,
            lowered: None,
        })
    }
}

fn ticket_type(row: TicketTypeRow, zones: &[ZoneView], currency: Currency) -> TicketTypeView {
    let zone = zones.iter().find(|zone| zone.id == row.zone_id).cloned();
    let terms = row.terms();
    TicketTypeView {
        id: row.id,
        name: row.name,
        description: row.description,
        price: Money::new(row.price_minor, currency),
        capacity: row.capacity,
        min_per_order: row.min_per_order,
        max_per_order: row.max_per_order,
        sale_from: row.sale_from,
        sale_until: row.sale_until,
        zone: zone.unwrap_or(ZoneView { id: row.zone_id, name: String::new() }),
        attention: row.attention,
        terms,
    }
}
