//! `GET /api/v1/events`: the nights a doorman can choose from, tonight's first, each with its gates.

use actix_web::web::{Data, Json};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use db::{Conn, DbError};
use domain::{night::BusinessNight, permission::Grants};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Fault, Staff, can};

use super::store::{self, EventRow, GateRow, ZoneRow};
use crate::Door;

/// How long a night stays in the list after its end.
const LINGER: TimeDelta = TimeDelta::hours(6);

/// The nights with their gates.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventList {
    /// Tonight's first, then the coming ones.
    pub events: Vec<EventView>,
}

/// A night at the door.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    /// The event.
    pub id: Uuid,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub title: String,
    /// Doors.
    pub starts_at: DateTime<Utc>,
    /// The end of the night.
    pub ends_at: DateTime<Utc>,
    /// First instant of entry.
    pub entry_from: DateTime<Utc>,
    /// First instant without entry.
    pub entry_until: DateTime<Utc>,
    /// IANA name of the venue's zone.
    pub time_zone: String,
    /// Whether it belongs to the business night of now.
    pub tonight: bool,
    /// People inside.
    pub inside: i64,
    /// Its gates.
    pub gates: Vec<GateView>,
}

/// A gate of a night.
#[derive(Debug, Serialize, ToSchema)]
pub struct GateView {
    /// The gate.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The zone behind it.
    pub zone: ZoneView,
}

/// The zone behind a gate.
#[derive(Debug, Serialize, ToSchema)]
pub struct ZoneView {
    /// The zone.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// Lists the nights with their gates.
#[utoipa::path(get, path = "/api/v1/events", tag = "door",
    responses((status = 200, body = EventList), (status = 401, body = web::Problem), (status = 403, body = web::Problem)),
    security(("session" = [])))]
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
) -> Result<Json<EventList>, Fault> {
    let events = nights_of(&mut *door.db.conn().await?, &staff.grants, door.clock.now()).await?;
    Ok(Json(EventList { events }))
}

/// The nights that somebody works on.
pub async fn nights_of(
    conn: &mut Conn,
    grants: &Grants,
    now: DateTime<Utc>,
) -> Result<Vec<EventView>, DbError> {
    let mut events = nights(conn, now).await?;
    events.retain(|event| grants.reaches(event.id.into()));
    Ok(events)
}

/// The nights as the list and the page show them.
pub async fn nights(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<EventView>, DbError> {
    let rows = store::events_since(conn, now - LINGER).await?;
    let ids: Vec<Uuid> = rows.iter().map(|(event, _)| event.id).collect();
    let gates = store::gates_of(conn, &ids).await?;
    let mut events: Vec<EventView> =
        rows.into_iter().map(|(event, inside)| view(event, inside, &gates, now)).collect();
    // Stable: within each group they stay in the order in which they begin.
    events.sort_by_key(|event| (!is_open(event, now), !event.tonight, event.ends_at <= now));
    Ok(events)
}

fn is_open(event: &EventView, now: DateTime<Utc>) -> bool {
    event.entry_from <= now && now < event.entry_until
}

fn view(event: EventRow, inside: i64, gates: &[(GateRow, ZoneRow)], now: DateTime<Utc>) -> EventView {
    let tz: Tz = event.time_zone.parse().unwrap_or(chrono_tz::UTC);
    let tonight = BusinessNight::of(event.starts_at, tz) == BusinessNight::of(now, tz);
    let gates = gates.iter().filter(|(gate, _)| gate.event_id == event.id).map(|(gate, zone)| GateView {
        id: gate.id,
        name: gate.name.clone(),
        zone: ZoneView { id: zone.id, name: zone.name.clone() },
    });
    EventView {
        id: event.id,
        slug: event.slug,
        title: event.title,
        starts_at: event.starts_at,
        ends_at: event.ends_at,
        entry_from: event.entry_from,
        entry_until: event.entry_until,
        time_zone: event.time_zone,
        tonight,
        inside,
        gates: gates.collect(),
    }
}
