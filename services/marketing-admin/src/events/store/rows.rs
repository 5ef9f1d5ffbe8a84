//! Events, zones and ticket types as they are read.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::event::terms::{EventTerms, TypeTerms};
use domain::quote::ServiceFee;
use serde_json::Value;
use uuid::Uuid;

/// An event's row, with its venue.
#[derive(Debug, Clone, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct EventRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub revision: i64,
    #[diesel(sql_type = Text)]
    pub slug: String,
    #[diesel(sql_type = Text)]
    pub title: String,
    #[diesel(sql_type = Text)]
    pub description: String,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub entry_from: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub entry_until: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub currency: String,
    #[diesel(sql_type = BigInt)]
    pub fee_fixed_minor: i64,
    #[diesel(sql_type = BigInt)]
    pub fee_basis_points: i64,
    #[diesel(sql_type = Bool)]
    pub fee_absorbed: bool,
    #[diesel(sql_type = Jsonb)]
    pub terms: Value,
    #[diesel(sql_type = Timestamptz)]
    pub changed_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub published_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub cancelled_at: Option<DateTime<Utc>>,
    /// The last time that it got a new date.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub new_date_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub old_starts_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub new_date_note: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub new_date_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = SqlUuid)]
    pub venue_id: Uuid,
    #[diesel(sql_type = Text)]
    pub venue_name: String,
    #[diesel(sql_type = Text)]
    pub venue_address: String,
    #[diesel(sql_type = Text)]
    pub time_zone: String,
}

/// What a change must know of the event before.
#[derive(Debug, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Locked {
    #[diesel(sql_type = BigInt)]
    pub revision: i64,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Text)]
    pub slug: String,
    #[diesel(sql_type = Text)]
    pub currency: String,
    #[diesel(sql_type = SqlUuid)]
    pub venue_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub entry_from: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub entry_until: DateTime<Utc>,
}

/// A zone's row.
#[derive(Debug, Clone, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct ZoneRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
}

/// A ticket type's row; only those that are not withdrawn are read.
#[derive(Debug, Clone, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct TicketTypeRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub zone_id: Uuid,
    #[diesel(sql_type = Integer)]
    pub position: i32,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub description: String,
    #[diesel(sql_type = BigInt)]
    pub price_minor: i64,
    #[diesel(sql_type = BigInt)]
    pub capacity: i64,
    #[diesel(sql_type = Integer)]
    pub min_per_order: i32,
    #[diesel(sql_type = Integer)]
    pub max_per_order: i32,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sale_from: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sale_until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Text)]
    pub attention: String,
    #[diesel(sql_type = Jsonb)]
    pub terms: Value,
}

impl EventRow {
    /// The club's fee on its tickets.
    pub const fn fee(&self) -> ServiceFee {
        ServiceFee {
            fixed_minor: self.fee_fixed_minor,
            basis_points: self.fee_basis_points,
            absorbed: self.fee_absorbed,
        }
    }

    /// How it is sold. Only what the domain wrote stands in the column.
    pub fn terms(&self) -> EventTerms {
        serde_json::from_value(self.terms.clone()).unwrap_or_default()
    }
}

impl TicketTypeRow {
    /// How it is sold. Only what the domain wrote stands in the column.
    pub fn terms(&self) -> TypeTerms {
        serde_json::from_value(self.terms.clone()).unwrap_or_default()
    }
}

/// An event with all that belongs to it.
#[derive(Debug, Clone)]
pub struct Event {
    /// The event itself.
    pub row: EventRow,
    /// Its zones in order.
    pub zones: Vec<ZoneRow>,
    /// Its ticket types in order.
    pub ticket_types: Vec<TicketTypeRow>,
}
