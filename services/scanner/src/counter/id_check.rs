//! `POST /api/v1/scans/{scan}/id-check`: the document of somebody who was let in was looked at.
//!
//! Nothing of the document is kept, only that somebody looked, and whether it was good. Who has no good one goes out again: the
//! admission is taken back as by an undo, and the refusal stands among the incidents.

use actix_web::{
    HttpRequest,
    web::{Data, Json, Path},
};
use audit::Actor;
use chrono::{DateTime, TimeDelta, Utc};
use db::Conn;
use domain::{language::Language, permission::Permission};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, Locale, RequestId, Staff, can};

use super::{
    store::{
        self,
        id_checks::{self, CheckRow, Found},
        undos::{self, ScanRow},
    },
    undo::{self, Taker},
};
use crate::{Door, admissions, devices, door::occupancy::Occupancy, faults, incidents, live};

/// How long whoever let somebody in may say so. Later, and of others, it is a supervisor's.
const OWN: TimeDelta = TimeDelta::minutes(15);
const LONGEST_NOTE: usize = 500;
/// Why the admission is taken back.
pub(crate) const REASON: &str = "id";

/// What was found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdCheckRequest {
    /// Whether the document was good: this person's, valid, and old enough.
    #[schema(example = false)]
    pub passed: bool,
    /// In a few words; at most 500 characters, and nothing that stands in the document.
    #[serde(default)]
    #[schema(example = "somebody else's")]
    pub note: Option<String>,
}

/// What stands now.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdChecked {
    /// The scan.
    pub scan: Uuid,
    /// Whether the document was good.
    pub passed: bool,
    /// When it was looked at: the first time, however often it is told.
    pub at: DateTime<Utc>,
    /// How full it is now.
    #[serde(flatten)]
    pub occupancy: Occupancy,
}

/// Who looked, where and when.
pub(crate) struct Look<'a> {
    /// Who, for the audit log.
    pub actor: &'a Actor,
    /// Their name.
    pub name: &'a str,
    /// On which phone.
    pub device: Uuid,
    /// What they said of it.
    pub note: Option<&'a str>,
    /// What an incident of it says, see [`told`].
    pub told: String,
    /// When.
    pub at: DateTime<Utc>,
    /// When we hear of it.
    pub now: DateTime<Utc>,
}

/// Records that a document was looked at. One that is not good takes the admission back.
#[utoipa::path(post, path = "/api/v1/scans/{scan}/id-check", tag = "door", request_body = IdCheckRequest,
    params(("scan" = Uuid, Path, description = "The scan that let the person in, as its answer names it")),
    responses(
        (status = 200, description = "Recorded, now or before", body = IdChecked),
        (status = 401, body = web::Problem),
        (status = 403, description = "Not one's own within 15 minutes, and no supervisor", body = web::Problem),
        (status = 404, body = web::Problem),
        (status = 409, description = "`nothing_to_check`: it let nobody in; `id_already_checked`: with the other result",
            body = web::Problem),
        (status = 422, body = web::Problem),
    ), security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    request: RequestId,
    locale: Locale,
    http: HttpRequest,
    scan: Path<Uuid>,
    body: ApiJson<IdCheckRequest>,
) -> Result<Json<IdChecked>, Fault> {
    let asked = body.into_inner();
    let note = asked.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        return Err(Fault::invalid("validation_failed").field("note", "too_long"));
    }
    let actor = Actor::staff(&staff, &request).because(REASON);
    let device = devices::caller(&door, &http, staff.id).await?.id;
    let now = door.clock.now();
    let scan = undos::scan(&mut *door.db.conn().await?, *scan).await?.ok_or_else(Fault::not_found)?;
    staff.within(scan.event_id.into())?;
    let own = scan.staff_id == staff.id.uuid() && now - scan.recorded_at <= OWN;
    if !own && !staff.may(Permission::DoorSupervise) {
        return Err(faults::supervisors_only(&door, &actor, &scan.id.to_string()).await);
    }
    if scan.decision != "admit" || scan.direction != "entry" {
        return Err(Fault::conflict("nothing_to_check").detail("This scan let nobody in."));
    }
    let told = told(locale.0, note);
    let look = Look { actor: &actor, name: &staff.name, device, note, told, at: now, now };
    let (found, inside) = door
        .db
        .transaction(async |conn| {
            let found =
                if asked.passed { good(conn, &scan, &look).await? } else { bad(conn, &scan, &look).await? };
            Ok::<_, Fault>((found, store::inside(conn, scan.event_id).await?))
        })
        .await?;
    if found.passed != asked.passed {
        return Err(Fault::conflict("id_already_checked").detail("This document was looked at before."));
    }
    tracing::info!(scan = %scan.id, passed = found.passed, "document looked at");
    Ok(Json(IdChecked {
        scan: scan.id,
        passed: found.passed,
        at: found.at,
        occupancy: Occupancy::of(inside),
    }))
}

/// What an incident says of a document that was not good.
pub(crate) fn told(language: Language, note: Option<&str>) -> String {
    let refused = ui::text(language, "door-id-incident", &[]);
    note.map_or_else(|| refused.clone(), |note| format!("{refused} {note}"))
}

/// Writes down what was found, and as an incident where it was not good. What stands of it is what was found first; says whether that
/// is this.
pub(crate) async fn write(
    conn: &mut Conn,
    scan: &ScanRow,
    look: &Look<'_>,
    passed: bool,
) -> Result<(Found, bool), Fault> {
    let row = CheckRow {
        scan: scan.id,
        event: scan.event_id,
        passed,
        staff: look.actor.staff.unwrap_or_default(),
        device: look.device,
        at: look.at,
        note: look.note,
    };
    let new = id_checks::add(conn, &row).await?;
    let found = id_checks::of_scan(conn, scan.id).await?;
    if new && !passed {
        incidents::store::add(conn, &incident(scan, look)).await?;
    }
    Ok((found.unwrap_or(Found { passed, at: look.at }), new))
}

/// A good one keeps nobody waiting: the other gates scan on.
async fn good(conn: &mut Conn, scan: &ScanRow, look: &Look<'_>) -> Result<Found, Fault> {
    Ok(write(conn, scan, look, true).await?.0)
}

/// One that is not takes the admission back, unless somebody has done so, and is an incident.
async fn bad(conn: &mut Conn, scan: &ScanRow, look: &Look<'_>) -> Result<Found, Fault> {
    // First of all locks, see `admissions::store::quiet`.
    admissions::store::quiet(conn, scan.event_id).await?;
    let (found, new) = write(conn, scan, look, false).await?;
    if !new {
        return Ok(found);
    }
    if undos::undone_at(conn, scan.id).await?.is_none() {
        let taker = Taker { actor: look.actor, device: look.device, reason: REASON, now: look.now };
        undo::undo(conn, scan, &taker).await?;
    }
    live::told::door_changed(conn, scan.event_id, look.now).await?;
    Ok(found)
}

/// The refusal among the incidents; one per scan.
fn incident(scan: &ScanRow, look: &Look<'_>) -> incidents::store::IncidentRow {
    let nonce = format!("id-check:{}", scan.id);
    incidents::store::IncidentRow {
        id: Uuid::now_v7(),
        device: look.device,
        content: Sha256::digest(nonce.as_bytes()).to_vec(),
        nonce,
        event_id: scan.event_id,
        gate_id: Some(scan.gate_id),
        kind: incidents::Kind::Refused.code().to_owned(),
        text: look.told.clone(),
        ticket_id: scan.ticket_id,
        order_reference: None,
        at: look.at,
        recorded_at: look.now,
        staff_id: look.actor.staff.unwrap_or_default(),
        staff_name: look.name.to_owned(),
        photo: None,
    }
}
