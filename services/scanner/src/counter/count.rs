//! `POST /api/v1/events/{event}/counter`: people who come and go without tickets, clicked one by one, and corrections.

use actix_web::{
    HttpRequest,
    web::{Data, Json, Path},
};
use audit::Actor;
use db::Conn;
use domain::permission::Permission;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, Staff, can};

use super::store::{self, CountRow, Inside, zones};
use crate::{Door, admissions::scan::check_nonce, devices, door, door::occupancy::Occupancy, faults, live};

/// Most people of one click.
const MOST: i32 = 50;
/// Up to so many, a click needs neither a reason nor a supervisor.
const CLICKED: i32 = 5;

/// People who came or went.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountRequest {
    /// How many came; below zero: went. 1 to 50 either way.
    #[schema(example = 1)]
    pub by: i32,
    /// Chosen by the device, once per click and kept for its repeats.
    #[schema(example = "7b0c6a3e-2f52-4f3b-a0a5-9f7b1f3f0d11")]
    pub nonce: String,
    /// The gate, where it was at one: they count in the zone behind it, too.
    #[serde(default)]
    pub gate: Option<Uuid>,
    /// Why; beyond five people it is needed, and a supervisor.
    #[serde(default)]
    #[schema(example = "counted again at the bar")]
    pub reason: Option<String>,
}

/// Counts people, and tells how many are inside.
#[utoipa::path(post, path = "/api/v1/events/{event}/counter", tag = "door", request_body = CountRequest,
    params(("event" = String, Path, description = "The event's id or slug")),
    responses(
        (status = 200, description = "Counted, or counted before under this nonce", body = Occupancy),
        (status = 401, body = web::Problem),
        (status = 403, description = "More than five at once are a supervisor's", body = web::Problem),
        (status = 404, body = web::Problem),
        (status = 409, description = "`nobody_inside`: fewer than nobody would be; `nonce_reused`", body = web::Problem),
        (status = 422, body = web::Problem),
    ), security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    request: RequestId,
    http: HttpRequest,
    event: Path<String>,
    body: ApiJson<CountRequest>,
) -> Result<Json<Occupancy>, Fault> {
    let body = body.into_inner();
    check_nonce(&body.nonce)?;
    if body.by == 0 || !(-MOST..=MOST).contains(&body.by) {
        return Err(Fault::invalid("invalid_value").field("by", "invalid_value"));
    }
    let given = body.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let corrects = body.by.abs() > CLICKED;
    let reason =
        if corrects || given.is_some() { Some(audit::reason(given.unwrap_or_default())?) } else { None };
    let actor = Actor::staff(&staff, &request).because(reason.unwrap_or_default());
    let device = devices::caller(&door, &http, staff.id).await?.id;
    let now = door.clock.now();
    if corrects && !staff.may(Permission::DoorSupervise) {
        return Err(faults::supervisors_only(&door, &actor, "counter").await);
    }
    let (inside, zone) = door
        .db
        .transaction(async |conn| {
            let event = door::store::event_named(conn, &event).await?.ok_or_else(faults::event_not_found)?;
            staff.within(event)?;
            let event = event.uuid();
            if let Some(gate) = body.gate
                && !door::store::has_gate(conn, event, gate).await?
            {
                return Err(faults::gate_not_found());
            }
            let row = CountRow {
                id: Uuid::now_v7(),
                event,
                gate: body.gate,
                by: body.by,
                reason,
                device,
                staff: staff.id.uuid(),
                nonce: &body.nonce,
                at: now,
            };
            let inside = add(conn, &row, corrects.then_some(&actor)).await?;
            let zone = match row.gate {
                Some(gate) => zones::behind(conn, event, gate).await?,
                None => None,
            };
            Ok::<_, Fault>((inside, zone))
        })
        .await?;
    Ok(Json(Occupancy::of(inside).with(zone)))
}

/// Adds the count and changes the number inside with it, once for a nonce. `corrects`: by whom, where it is a correction.
async fn add(conn: &mut Conn, row: &CountRow<'_>, corrects: Option<&Actor>) -> Result<Inside, Fault> {
    if !store::add_count(conn, row).await? {
        let before = store::counted(conn, row.device, row.nonce).await?;
        return if before == Some((row.event, row.by)) {
            Ok(store::inside(conn, row.event).await?)
        } else {
            Err(Fault::conflict("nonce_reused").detail("This nonce was used for another count."))
        };
    }
    if let Some(actor) = corrects {
        let detail = json!({"by": row.by, "count": row.id});
        audit::record(conn, actor, "people.corrected", &row.event.to_string(), detail, row.at).await?;
    }
    let changed = store::change_inside(conn, row.event, row.by.into()).await?;
    let inside = changed.ok_or_else(|| {
        Fault::conflict("nobody_inside").detail("Fewer people would be inside than nobody.")
    })?;
    if let Some(gate) = row.gate {
        zones::shift_behind(conn, gate, row.by.into()).await?;
    }
    live::told::door_changed(conn, row.event, row.at).await?;
    Ok(inside)
}
