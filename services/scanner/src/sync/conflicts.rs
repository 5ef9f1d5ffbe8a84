//! Two guests with one ticket, one with a ticket that had gone bad or at a wrong time, one whom the server let in and the phone did not:
//! `GET /api/v1/events/{event}/conflicts`, and what was done about one, `POST /api/v1/conflicts/{scan}/close`.

use actix_web::web::{Data, Json, Path};
use audit::Actor;
use chrono::{DateTime, Utc};
use diesel::{QueryableByName, sql_types};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, Staff, can};

use super::store::conflicts::{self as store, UnmatchedView};
use crate::{Door, faults, live, metrics};

/// An admission that should not have been.
#[derive(Debug, Clone, Serialize, QueryableByName, ToSchema)]
pub struct Conflict {
    /// The scan that let somebody in.
    #[diesel(sql_type = sql_types::Uuid)]
    pub scan_id: Uuid,
    /// The event.
    #[diesel(sql_type = sql_types::Uuid)]
    pub event_id: Uuid,
    /// The ticket.
    #[diesel(sql_type = sql_types::Uuid)]
    pub ticket_id: Uuid,
    /// The zone behind the gate.
    #[diesel(sql_type = sql_types::Uuid)]
    pub zone_id: Uuid,
    /// When.
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub at: DateTime<Utc>,
    /// At which gate.
    #[diesel(sql_type = sql_types::Uuid)]
    pub gate_id: Uuid,
    /// Its name.
    #[diesel(sql_type = sql_types::Text)]
    pub gate_name: String,
    /// The phone.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Uuid>)]
    pub device: Option<Uuid>,
    /// Who scanned.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Uuid>)]
    pub staff_id: Option<Uuid>,
    /// The scan that let the first guest in, where there are two.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Uuid>)]
    pub first_scan_id: Option<Uuid>,
    /// When that was.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    pub first_at: Option<DateTime<Utc>>,
    /// At which gate.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub first_gate_name: Option<String>,
    /// With which phone.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Uuid>)]
    pub first_device: Option<Uuid>,
    /// By whom.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Uuid>)]
    pub first_staff_id: Option<Uuid>,
    /// `second_entry`; `not_allowed`: the only one, with a ticket that was bad by then or had come in as often as may be;
    /// `let_in_although`: it was too early or too late for it, a picture, the house was full, the guest is banned, or the server had refused
    /// and its answer came too late; `phone_said_no`: the server let them in, its answer came too late, and the phone sent them away.
    #[diesel(sql_type = sql_types::Text)]
    pub kind: String,
    /// What the server would have said, of a scan that a phone decided; `no_reentry` where there is one stay too many. Of
    /// `phone_said_no`, what the phone said.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub judged: Option<String>,
}

/// A conflict with what is known of its ticket, and what was done.
#[derive(Debug, Serialize, QueryableByName, ToSchema)]
pub struct ConflictView {
    /// It.
    #[diesel(embed)]
    #[serde(flatten)]
    pub conflict: Conflict,
    /// The ticket's holder, where the ticket is known.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub holder: Option<String>,
    /// Its type.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub type_name: Option<String>,
    /// Its order.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub order_reference: Option<String>,
    /// What was done about it; null: it is open.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub note: Option<String>,
    /// By whom.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Uuid>)]
    pub closed_by: Option<Uuid>,
    /// When.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    pub closed_at: Option<DateTime<Utc>>,
}

/// What somebody who answers for the door should look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConflictList {
    /// Open ones first.
    pub conflicts: Vec<ConflictView>,
    /// Scans that phones brought and that could not be matched.
    pub unmatched: Vec<UnmatchedView>,
}

/// What was done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// In a sentence.
    #[schema(example = "Checked both: the second guest was sent out.")]
    pub note: String,
}

/// Lists the conflicts of a night.
#[utoipa::path(get, path = "/api/v1/events/{event}/conflicts", tag = "sync",
    params(("event" = String, Path, description = "The event's id or slug")),
    responses((status = 200, body = ConflictList), (status = 401, body = web::Problem), (status = 403, body = web::Problem),
        (status = 404, body = web::Problem)), security(("session" = [])))]
pub async fn list(
    door: Data<Door>,
    _: Staff<can::DoorSupervise>,
    event: Path<String>,
) -> Result<Json<ConflictList>, Fault> {
    let mut conn = door.db.conn().await?;
    let event =
        crate::door::store::event_named(&mut conn, &event).await?.ok_or_else(faults::event_not_found)?;
    let conflicts = store::of_event(&mut conn, event).await?;
    Ok(Json(ConflictList { conflicts, unmatched: store::unmatched(&mut conn, event).await? }))
}

/// Notes what was done about a conflict. The entries stay as they are: somebody came in.
#[utoipa::path(post, path = "/api/v1/conflicts/{scan}/close", tag = "sync", request_body = Closing,
    params(("scan" = Uuid, Path, description = "The conflict's `scan_id`")),
    responses((status = 200, body = Closing, description = "Noted"), (status = 401, body = web::Problem), (status = 403, body = web::Problem),
        (status = 404, body = web::Problem), (status = 409, description = "`already_closed`", body = web::Problem),
        (status = 422, body = web::Problem)), security(("session" = [])))]
pub async fn close(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    request: RequestId,
    scan: Path<Uuid>,
    closing: ApiJson<Closing>,
) -> Result<Json<serde_json::Value>, Fault> {
    let (scan, now) = (scan.into_inner(), door.clock.now());
    let note = audit::reason(&closing.note)?;
    let actor = Actor::staff(&staff, &request).because(note);
    door.db
        .transaction(async |conn| {
            let Some((ticket, event)) = store::ticket_of(conn, scan).await? else {
                return Err(Fault::not_found());
            };
            staff.within(event.into())?;
            if !store::close(conn, scan, note, staff.id, now).await? {
                return Err(Fault::conflict("already_closed").detail("Somebody has closed this conflict."));
            }
            let detail = json!({"ticket": ticket});
            audit::record(conn, &actor, "conflict.closed", &scan.to_string(), detail, now).await?;
            live::told::door_changed(conn, event, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    tracing::info!(%scan, staff = %staff.id, "a conflict was closed");
    Ok(Json(json!({"note": note})))
}

/// Which conflicts are there now that were not before.
pub(super) fn risen(before: &[Conflict], now: &[Conflict]) -> Vec<Conflict> {
    let known = |conflict: &Conflict| before.iter().any(|other| other.scan_id == conflict.scan_id);
    now.iter().filter(|conflict| !known(conflict)).cloned().collect()
}

/// Counts and logs conflicts, once they are committed.
pub(super) fn note(new: &[Conflict]) {
    for conflict in new {
        metrics::get().conflict(&conflict.kind);
        tracing::warn!(
            scan = %conflict.scan_id, event = %conflict.event_id, ticket = %conflict.ticket_id, gate = %conflict.gate_name,
            kind = conflict.kind, first = conflict.first_scan_id.map(tracing::field::display),
            judged = conflict.judged.as_deref(), "a conflict at the door"
        );
    }
}
