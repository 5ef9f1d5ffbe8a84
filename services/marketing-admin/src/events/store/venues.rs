//! SQL of venues.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::events::venues::VenueInput;

/// What an event needs to know of its venue.
#[derive(Debug, Clone, diesel::QueryableByName)]
pub struct VenueRow {
    /// Key.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// IANA name.
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
}

impl VenueRow {
    /// The zone; UTC for a name that chrono no longer knows.
    pub fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }
}

#[derive(diesel::QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Locks the nights at a venue that are not over: before the venue, as a change of a night does.
pub async fn lock_coming(conn: &mut Conn, venue: &str, now: DateTime<Utc>) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<Id> = diesel::sql_query(
        "SELECT events.id FROM events JOIN venues ON venues.id = events.venue_id
         WHERE venues.name = $1 AND events.ends_at > $2 ORDER BY events.id FOR UPDATE OF events",
    )
    .bind::<Text, _>(venue)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Keeps the venue of a locked night as it is until the transaction ends: what is told of the night stays true.
pub async fn hold_still(conn: &mut Conn, event: Uuid) -> Result<(), DbError> {
    diesel::sql_query(
        "SELECT FROM venues WHERE id = (SELECT venue_id FROM events WHERE events.id = $1) FOR SHARE",
    )
    .bind::<SqlUuid, _>(event)
    .execute(conn)
    .await?;
    Ok(())
}

/// Where a venue is.
#[derive(Debug, diesel::QueryableByName)]
pub struct Place {
    /// Its address.
    #[diesel(sql_type = Text)]
    pub address: String,
    /// IANA name of its zone.
    #[diesel(sql_type = Text)]
    pub time_zone: String,
}

/// The venue of this name.
pub async fn find(conn: &mut Conn, name: &str) -> Result<Option<Place>, DbError> {
    Ok(diesel::sql_query("SELECT address, time_zone FROM venues WHERE name = $1")
        .bind::<Text, _>(name)
        .get_result(conn)
        .await
        .optional()?)
}

/// A venue after it was written.
#[derive(Debug, diesel::QueryableByName)]
pub struct Stored {
    /// Key.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Whether it is new.
    #[diesel(sql_type = Bool)]
    pub made: bool,
}

/// Makes a venue, or changes the one of this name.
pub async fn upsert(conn: &mut Conn, input: &VenueInput, now: DateTime<Utc>) -> Result<Stored, DbError> {
    let id = Uuid::now_v7();
    Ok(diesel::sql_query(
        "INSERT INTO venues (id, name, address, time_zone, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name) DO UPDATE SET address = excluded.address, time_zone = excluded.time_zone
         RETURNING id, id = $1 AS made",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(&input.name)
    .bind::<Text, _>(&input.address)
    .bind::<Text, _>(&input.time_zone)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?)
}

/// The venue of this id or name; the oldest if none is named.
pub async fn named(conn: &mut Conn, named: Option<&str>) -> Result<Option<VenueRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, time_zone, name FROM venues WHERE $1 IS NULL OR id::text = lower($1) OR name = $1
         ORDER BY created_at, id LIMIT 1",
    )
    .bind::<Nullable<Text>, _>(named)
    .get_result(conn)
    .await
    .optional()?)
}
