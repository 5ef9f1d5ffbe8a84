//! Where nights take place: `POST /api/v1/venues`, and the venue an event names.

use actix_web::HttpResponse;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::can::EventsWrite;
use web::{ApiJson, Fault, Problem};

use crate::Desk;
use crate::events::snapshot::snapshot;
use crate::events::store::{self, Which};
use crate::events::view::VenueView;
use crate::identity::Member;

/// A venue as entered.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VenueInput {
    /// Its name; unique in the club.
    pub name: String,
    /// Its address.
    pub address: String,
    /// IANA name of its zone.
    #[schema(example = "Europe/Madrid")]
    pub time_zone: String,
}

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

/// Makes a venue, or changes the one of this name: then every night that is still to come there is told anew.
#[utoipa::path(
    post, path = "/api/v1/venues", tag = "events", request_body = VenueInput, security(("staff" = [])),
    responses(
        (status = 201, description = "made", body = VenueView),
        (status = 200, description = "changed", body = VenueView),
        (status = 422, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    )
)]
pub async fn put(
    desk: Data<Desk>,
    member: Member<EventsWrite>,
    input: ApiJson<VenueInput>,
) -> Result<HttpResponse, Fault> {
    let input = check(input.into_inner())?;
    let now = desk.clock.now();
    let stored = desk
        .db
        .transaction(async |conn| {
            let coming = lock_coming(conn, &input.name, now).await?;
            let before = find(conn, &input.name).await?;
            let stored = upsert(conn, &input, now).await?;
            let moved = before.is_some_and(|before| before.differs_from(&input));
            let told = if moved { tell(conn, &coming, now).await? } else { 0 };
            let detail = json!({"name": input.name, "time_zone": input.time_zone, "nights_told": told});
            audit::record(conn, &member.actor(), "venue.put", &stored.id.to_string(), detail, now).await?;
            Ok::<_, Fault>(stored)
        })
        .await?;
    let VenueInput { name, address, time_zone } = input;
    let view = VenueView { id: stored.id, name, address, time_zone };
    let mut answer = if stored.made { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.json(view))
}

fn check(input: VenueInput) -> Result<VenueInput, Fault> {
    let input =
        VenueInput { name: input.name.trim().to_owned(), address: input.address.trim().to_owned(), ..input };
    let mut fault = Fault::invalid("validation_failed");
    if !(1..=120).contains(&input.name.chars().count()) {
        fault = fault.field("name", "out_of_range");
    }
    if input.address.chars().count() > 300 {
        fault = fault.field("address", "too_long");
    }
    if input.time_zone.parse::<Tz>().is_err() {
        fault = fault.field("time_zone", "unknown");
    }
    if fault.fields().is_empty() { Ok(input) } else { Err(fault) }
}

/// Tells what became of these nights by a change of their venue; how many they are.
async fn tell(conn: &mut Conn, nights: &[Uuid], now: DateTime<Utc>) -> Result<usize, DbError> {
    store::next_revision(conn, nights, now).await?;
    let events = store::load(conn, Which::Ids(nights)).await?;
    let told: Vec<_> = events.iter().map(snapshot).collect();
    bus::outbox::add_all(conn, &told, now).await?;
    Ok(told.len())
}

#[derive(diesel::QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Locks the nights at a venue that are not over: before the venue, as a change of a night does.
async fn lock_coming(conn: &mut Conn, venue: &str, now: DateTime<Utc>) -> Result<Vec<Uuid>, DbError> {
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
pub(super) async fn hold_still(conn: &mut Conn, event: Uuid) -> Result<(), DbError> {
    diesel::sql_query(
        "SELECT FROM venues WHERE id = (SELECT venue_id FROM events WHERE events.id = $1) FOR SHARE",
    )
    .bind::<SqlUuid, _>(event)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Place {
    #[diesel(sql_type = Text)]
    address: String,
    #[diesel(sql_type = Text)]
    time_zone: String,
}

impl Place {
    fn differs_from(&self, input: &VenueInput) -> bool {
        self.address != input.address || self.time_zone != input.time_zone
    }
}

async fn find(conn: &mut Conn, name: &str) -> Result<Option<Place>, DbError> {
    Ok(diesel::sql_query("SELECT address, time_zone FROM venues WHERE name = $1")
        .bind::<Text, _>(name)
        .get_result(conn)
        .await
        .optional()?)
}

#[derive(diesel::QueryableByName)]
struct Stored {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Bool)]
    made: bool,
}

async fn upsert(conn: &mut Conn, input: &VenueInput, now: DateTime<Utc>) -> Result<Stored, DbError> {
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

/// The venue named by id or name; the oldest if none is named.
pub async fn resolve(conn: &mut Conn, named: Option<&str>) -> Result<VenueRow, Fault> {
    let named = named.map(str::trim).filter(|name| !name.is_empty());
    let found: Option<VenueRow> = diesel::sql_query(
        "SELECT id, time_zone, name FROM venues WHERE $1 IS NULL OR id::text = lower($1) OR name = $1
         ORDER BY created_at, id LIMIT 1",
    )
    .bind::<Nullable<Text>, _>(named)
    .get_result(conn)
    .await
    .optional()?;
    let code = if named.is_some() { "unknown" } else { "required" };
    found.ok_or_else(|| Fault::invalid("validation_failed").field("venue", code))
}
