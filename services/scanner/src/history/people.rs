//! `GET /api/v1/events/{event}/people`: how many people were inside over a night, and the log of what changed that by hand. Everything
//! is added up anew from rows that are only ever added to.

use actix_web::web::{Data, Json, Path};
use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Fault, Staff, can};

use super::night;
use super::store::{
    NightRow,
    people::{self as store, PeopleLogEntry},
};
use super::timeline::{self, PeoplePeak, PeopleStep};
use crate::{Door, counter, faults};

/// Rows of the log that one answer holds: more than anybody reads, and a night of clicks.
const MOST: i64 = 5000;

/// A night's people.
#[derive(Debug, Serialize, ToSchema)]
pub struct People {
    /// The night.
    pub event: Uuid,
    /// Its name.
    pub title: String,
    /// IANA name of the venue's zone.
    pub time_zone: String,
    /// People inside at the last count.
    #[schema(example = 312)]
    pub inside: i64,
    /// How many may be; null: as many as come.
    #[schema(example = 400)]
    pub limit: Option<i32>,
    /// When most people were inside; null where nobody was.
    pub peak: Option<PeoplePeak>,
    /// Ten minutes by ten minutes, from the doors on.
    pub steps: Vec<PeopleStep>,
    /// Counts by hand, undone scans and limits, the first first.
    pub log: Vec<PeopleLogEntry>,
    /// How many of these, the first ones, are left out.
    pub log_left_out: i64,
}

/// Tells how many people were inside when.
#[utoipa::path(get, path = "/api/v1/events/{event}/people", tag = "history",
    params(("event" = String, Path, description = "The event's id or slug", example = "friday-agave")),
    responses(
        (status = 200, body = People), (status = 401, body = web::Problem), (status = 403, body = web::Problem),
        (status = 404, body = web::Problem),
    ), security(("session" = [])))]
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    event: Path<String>,
) -> Result<Json<People>, Fault> {
    let now = door.clock.now();
    let mut conn = door.db.conn().await?;
    let night = night(&mut conn, &staff, &event, now).await?.ok_or_else(faults::event_not_found)?;
    Ok(Json(people(&mut conn, &night, now).await?))
}

/// A night's people, as of now.
pub async fn people(conn: &mut Conn, night: &NightRow, now: DateTime<Utc>) -> Result<People, DbError> {
    // What a phone says of an earlier or a later time is counted here.
    let bounds = (night.entry_from - TimeDelta::hours(12), night.ends_at + TimeDelta::hours(12));
    let rows = store::steps(conn, night.id, bounds).await?;
    let limits = store::limits(conn, night.id).await?;
    let house = counter::store::inside(conn, night.id).await?;
    let mut log = store::log(conn, night.id, MOST).await?;
    log.reverse();
    let all = log.first().map_or(0, |entry| entry.total);
    let shown = i64::try_from(log.len()).unwrap_or(i64::MAX);
    let drawn = (night.entry_from, now.min(night.ends_at).max(night.entry_from));
    Ok(People {
        event: night.id,
        title: night.title.clone(),
        time_zone: night.time_zone.clone(),
        inside: house.inside,
        limit: house.limit,
        peak: timeline::peak(&rows),
        steps: timeline::steps(&rows, &limits, house.limit, drawn),
        log,
        log_left_out: (all - shown).max(0),
    })
}
