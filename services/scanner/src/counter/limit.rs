//! `PUT /api/v1/events/{event}/limit`: how many people may be inside at once, or in one zone, as the fire code or the owner says.

use actix_web::web::{Data, Json, Path};
use audit::Actor;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, Staff, can};

use super::store::{self, Inside, zones};
use crate::{Door, admissions, door, door::occupancy::Occupancy, faults, live};

/// More than any house holds.
const MOST: i32 = 1_000_000;

/// The limit as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitRequest {
    /// So many; null: as many as come.
    #[schema(example = 450)]
    pub people: Option<i32>,
    /// The zone that they are counted in; without it the whole night's.
    #[serde(default)]
    pub zone: Option<Uuid>,
    /// Why, for whoever asks later.
    #[serde(default)]
    #[schema(example = "Terrace closed")]
    pub note: String,
}

/// Sets how many people may be inside, or in one zone. Who is inside stays; whoever comes meets a full house.
#[utoipa::path(put, path = "/api/v1/events/{event}/limit", tag = "door", request_body = LimitRequest,
    params(("event" = String, Path, description = "The event's id or slug")),
    responses(
        (status = 200, body = Occupancy), (status = 401, body = web::Problem), (status = 403, body = web::Problem),
        (status = 404, body = web::Problem), (status = 422, body = web::Problem),
    ), security(("session" = [])))]
pub async fn put(
    door: Data<Door>,
    staff: Staff<can::DoorSupervise>,
    request: RequestId,
    event: Path<String>,
    body: ApiJson<LimitRequest>,
) -> Result<Json<Occupancy>, Fault> {
    let actor = Actor::staff(&staff, &request).because(&body.note);
    if let Some(zone) = body.zone {
        return Ok(Json(set_zone(&door, &actor, &event, zone, body.people).await?));
    }
    let inside = set(&door, &actor, &event, body.people).await?;
    Ok(Json(Occupancy::of(inside)))
}

/// 422 for a number that no house holds.
fn check(people: Option<i32>) -> Result<(), Fault> {
    if people.is_some_and(|people| !(1..=MOST).contains(&people)) {
        return Err(Fault::invalid("invalid_value").field("people", "invalid_value"));
    }
    Ok(())
}

/// Sets how many people may be in one zone of a night; none for no limit. 404 for no such night or zone.
pub async fn set_zone(
    door: &Door,
    actor: &Actor,
    event: &str,
    zone: Uuid,
    people: Option<i32>,
) -> Result<Occupancy, Fault> {
    check(people)?;
    let now = door.clock.now();
    door.db
        .transaction(async |conn| {
            let event = door::store::event_named(conn, event).await?.ok_or_else(faults::event_not_found)?;
            let event = event.uuid();
            if !zones::has(conn, event, zone).await? {
                return Err(faults::zone_not_found());
            }
            // As for the whole night: no scan is on its way that has weighed the old limit.
            admissions::store::quiet(conn, event).await?;
            let before = zones::set(conn, event, zone, people).await?;
            let stands = zones::one(conn, zone).await?;
            if before != people {
                let inside = stands.as_ref().map(|zone| zone.inside);
                let detail = json!({"event": event, "before": before, "after": people, "inside": inside});
                audit::record(conn, actor, "zone_limit.set", &zone.to_string(), detail, now).await?;
            }
            live::told::door_changed(conn, event, now).await?;
            Ok::<_, Fault>(Occupancy::of(store::inside(conn, event).await?).with(stands))
        })
        .await
}

/// Sets how many people may be inside one night; none for no limit. 404 for no such night, 422 for a number that no house holds.
pub async fn set(door: &Door, actor: &Actor, event: &str, people: Option<i32>) -> Result<Inside, Fault> {
    check(people)?;
    let now = door.clock.now();
    door.db
        .transaction(async |conn| {
            let event = door::store::event_named(conn, event).await?.ok_or_else(faults::event_not_found)?;
            // No scan is on its way that has weighed the old limit.
            admissions::store::quiet(conn, event.uuid()).await?;
            let (before, inside) = store::set_limit(conn, event.uuid(), people).await?;
            if before != people {
                let detail = json!({"before": before, "after": people, "inside": inside.inside});
                audit::record(conn, actor, "limit.set", &event.to_string(), detail, now).await?;
            }
            live::told::door_changed(conn, event.uuid(), now).await?;
            Ok::<_, Fault>(inside)
        })
        .await
}
