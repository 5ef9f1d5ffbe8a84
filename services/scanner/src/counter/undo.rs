//! `POST /api/v1/scans/{scan}/undo`: somebody was let in, or out, by mistake.
//!
//! The scan stays as it was answered; what it did is taken back: an entry is annulled and its right free again, an exit's stay goes on.
//! No scan of the night is recorded meanwhile (`admissions::store::quiet`), so that none decides on what is just being taken back.

use actix_web::{
    HttpRequest,
    web::{Data, Json, Path},
};
use audit::Actor;
use chrono::{DateTime, TimeDelta, Utc};
use db::Conn;
use domain::permission::Permission;
use messages::{millis, scanner::v1::TicketScanned};
use prost::Message;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, Staff, can};

use super::store::{self, Inside, undos, undos::ScanRow, zones};
use crate::{Door, admissions, devices, door::occupancy::Occupancy, faults, live};

/// How long somebody may take back what they did themselves. Later, and of others, it is a supervisor's.
pub(crate) const OWN: TimeDelta = TimeDelta::minutes(15);

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoRequest {
    /// In a few words; 1 to 500 characters.
    #[schema(example = "wrong guest")]
    pub reason: String,
}

/// What stands now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Undone {
    /// The scan.
    pub scan: Uuid,
    /// When it was undone: the first time, however often it is asked for.
    pub undone_at: DateTime<Utc>,
    /// How full it is now.
    #[serde(flatten)]
    pub occupancy: Occupancy,
}

/// Undoes a scan that let somebody through.
#[utoipa::path(post, path = "/api/v1/scans/{scan}/undo", tag = "door", request_body = UndoRequest,
    params(("scan" = Uuid, Path, description = "The scan, as its answer names it")),
    responses(
        (status = 200, description = "Undone, now or before", body = Undone),
        (status = 401, body = web::Problem),
        (status = 403, description = "Not one's own last within 15 minutes, and no supervisor", body = web::Problem),
        (status = 404, body = web::Problem),
        (status = 409, description = "`nothing_to_undo`: it let nobody through; `came_in_again`: an exit, since which its guest came back",
            body = web::Problem),
        (status = 422, body = web::Problem),
    ), security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    request: RequestId,
    http: HttpRequest,
    scan: Path<Uuid>,
    body: ApiJson<UndoRequest>,
) -> Result<Json<Undone>, Fault> {
    let reason = audit::reason(&body.reason)?;
    let actor = Actor::staff(&staff, &request).because(reason);
    let device = devices::caller(&door, &http, staff.id).await?.id;
    let now = door.clock.now();
    let mut conn = door.db.conn().await?;
    let scan = undos::scan(&mut conn, *scan).await?.ok_or_else(Fault::not_found)?;
    staff.within(scan.event_id.into())?;
    let own = scan.staff_id == staff.id.uuid()
        && now - scan.recorded_at <= OWN
        && undos::is_last(&mut conn, &scan).await?;
    // Asked again, what is undone already is answered again.
    let repeated = scan.staff_id == staff.id.uuid() && undos::undone_at(&mut conn, scan.id).await?.is_some();
    drop(conn);
    if !own && !repeated && !staff.may(Permission::DoorSupervise) {
        return Err(faults::supervisors_only(&door, &actor, &scan.id.to_string()).await);
    }
    let (at, inside) = door
        .db
        .transaction(async |conn| {
            admissions::store::quiet(conn, scan.event_id).await?;
            if let Some(at) = undos::undone_at(conn, scan.id).await? {
                return Ok((at, store::inside(conn, scan.event_id).await?));
            }
            let taker = Taker { actor: &actor, device, reason, now };
            let inside = undo(conn, &scan, &taker).await?;
            live::told::door_changed(conn, scan.event_id, now).await?;
            Ok::<_, Fault>((now, inside))
        })
        .await?;
    tracing::info!(scan = %scan.id, "scan undone");
    Ok(Json(Undone { scan: scan.id, undone_at: at, occupancy: Occupancy::of(inside) }))
}

/// Who takes a scan back, and why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taker<'a> {
    /// Who, for the audit log.
    pub actor: &'a Actor,
    /// On which phone.
    pub device: Uuid,
    /// Why.
    pub reason: &'a str,
    /// When.
    pub now: DateTime<Utc>,
}

/// Takes back what the scan did, writes down who did that, and tells of it. The night is quiet.
pub(crate) async fn undo(conn: &mut Conn, scan: &ScanRow, taker: &Taker<'_>) -> Result<Inside, Fault> {
    let nothing = || Fault::conflict("nothing_to_undo").detail("This scan let nobody through.");
    let ticket = scan.ticket_id.filter(|_| scan.decision == "admit").ok_or_else(nothing)?;
    let by: i32 = if scan.direction == "exit" {
        undos::reopen(conn, scan).await?.ok_or_else(|| {
            Fault::conflict("came_in_again")
                .detail("The guest has come in again since, or the stay was undone.")
        })?
    } else {
        -i32::from(undos::annul(conn, scan, taker.now).await?.ok_or_else(nothing)?)
    };
    note(conn, scan, ticket, by, taker).await
}

/// Writes down that the scan of a ticket was undone, which changes the people inside by so many, and tells of it.
pub(crate) async fn note(
    conn: &mut Conn,
    scan: &ScanRow,
    ticket: Uuid,
    by: i32,
    taker: &Taker<'_>,
) -> Result<Inside, Fault> {
    let Taker { actor, device, reason, now } = *taker;
    let row = undos::UndoRow {
        scan: scan.id,
        event: scan.event_id,
        ticket,
        inside: by,
        reason,
        device,
        staff: actor.staff.unwrap_or_default(),
        at: now,
    };
    undos::add(conn, &row).await?;
    let detail = json!({"ticket": ticket, "event": scan.event_id, "direction": scan.direction, "inside": by});
    audit::record(conn, actor, "scan.undone", &scan.id.to_string(), detail, now).await?;
    let inside = if by == 0 {
        // They had left.
        store::inside(conn, scan.event_id).await?
    } else {
        let inside = store::move_inside(conn, scan.event_id, by.into()).await?;
        zones::shift(conn, scan.zone_id, by.into()).await?;
        inside
    };
    let message = undone(undos::told(conn, scan.id).await?, scan, inside, now);
    bus::outbox::add(conn, &message, now).await?;
    Ok(inside)
}

/// The second and last revision of the scan: all that the first said, or what the row has of it, and that it is undone.
fn undone(told: Option<Vec<u8>>, scan: &ScanRow, inside: Inside, now: DateTime<Utc>) -> TicketScanned {
    let first = told.and_then(|payload| TicketScanned::decode(&*payload).ok());
    TicketScanned {
        scan_id: scan.id.to_string(),
        event_id: scan.event_id.to_string(),
        gate_id: scan.gate_id.to_string(),
        gate_name: scan.gate_name.clone().unwrap_or_default(),
        zone_id: scan.zone_id.to_string(),
        ticket_id: scan.ticket_id.map(|id| id.to_string()).unwrap_or_default(),
        decision: scan.decision.clone(),
        reason: scan.reason.clone(),
        scanned_at: millis(scan.recorded_at),
        inside_after: inside.inside,
        inside_revision: inside.revision,
        undone_at: millis(now),
        ..first.unwrap_or_default()
    }
}
