//! `POST /api/v1/check-ins`: a guest without a code to show, let in from the list by the same verdict as a scan.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use audit::Actor;
use domain::{
    admission::Direction,
    ids::{GateId, TicketId},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, Locale, RequestId, Staff, can};

use super::store::{self, CheckIn};
use crate::{
    Door,
    admissions::{
        answer::Answer,
        scan::{self, Asked, ScanRequest, check_nonce},
    },
    devices, faults,
};

/// Why somebody has no code to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Their phone is dead.
    PhoneDead,
    /// They have no code with them.
    NoCode,
    /// They are on the guest list.
    GuestList,
    /// Something else, told in a note.
    Other,
}

impl Why {
    /// Its name in SQL and audit rows.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::PhoneDead => "phone_dead",
            Self::NoCode => "no_code",
            Self::GuestList => "guest_list",
            Self::Other => "other",
        }
    }
}

/// Who is to come in, where, and why without a code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckInRequest {
    /// The ticket.
    pub ticket: Uuid,
    /// The event's id or slug.
    #[schema(example = "friday")]
    pub event: String,
    /// The gate's id.
    pub gate: String,
    /// Chosen by the device, once per check-in and kept for its repeats, as with scans.
    #[schema(example = "7b0c6a3e-2f52-4f3b-a0a5-9f7b1f3f0d11")]
    pub nonce: String,
    /// Why there is no code.
    pub reason: Why,
    /// What else there is to say; needed with `other`.
    #[serde(default)]
    #[schema(example = "")]
    pub note: String,
}

/// Decides, records a scan, and answers.
#[utoipa::path(post, path = "/api/v1/check-ins", tag = "door", request_body = CheckInRequest,
    responses(
        (status = 200, description = "As a scan is answered: admitted or denied", body = Answer),
        (status = 401, body = web::Problem), (status = 403, body = web::Problem),
        (status = 404, description = "`not_found`: no such event or gate", body = web::Problem),
        (status = 409, description = "`scan_id_reused`: the nonce was used for another scan", body = web::Problem),
        (status = 422, body = web::Problem),
        (status = 503, description = "No answer: ask again with the same nonce", body = web::Problem),
    ), security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    locale: Locale,
    request: RequestId,
    http: HttpRequest,
    body: ApiJson<CheckInRequest>,
) -> Result<HttpResponse, Fault> {
    let body = body.into_inner();
    check_nonce(&body.nonce)?;
    let note = match (body.reason, body.note.trim()) {
        (Why::Other, note) => Some(audit::reason(note)?),
        (_, "") => None,
        (_, note) => Some(audit::reason(note)?),
    };
    let actor = Actor::staff(&staff, &request).because(note.unwrap_or(body.reason.code()));
    let device = devices::caller(&door, &http, staff.id).await?.id;
    write_down(&door, &staff, &actor, device, &body, note).await?;
    let recorded = scan::decide(
        &door,
        Asked {
            staff: staff.id,
            session: staff.session,
            device,
            language: locale.0,
            request: ScanRequest {
                code: String::new(),
                event: body.event,
                gate: body.gate,
                nonce: body.nonce,
                scanned_at: door.clock.now(),
                direction: Direction::Entry,
            },
            override_note: None,
            ticket: Some(TicketId::from_uuid(body.ticket)),
        },
    )
    .await?;
    scan::reply(recorded)
}

/// Who asks for whom to be let in, and why: before the verdict, so that nobody ever comes in without a code and without this row. The
/// scan that answers has the same device and nonce; so has this row's repeat, which adds nothing.
async fn write_down(
    door: &Door,
    staff: &Staff<can::Within<can::DoorScan>>,
    actor: &Actor,
    device: Uuid,
    body: &CheckInRequest,
    note: Option<&str>,
) -> Result<(), Fault> {
    let gate = match body.gate.parse::<GateId>() {
        Ok(gate) => door.board.gate(&door.db, gate).await?,
        Err(_) => None,
    };
    let plan = gate.filter(|plan| plan.is_for(&body.event)).ok_or_else(faults::gate_not_found)?;
    staff.within(plan.gate.event)?;
    let now = door.clock.now();
    let asked = CheckIn {
        device,
        nonce: &body.nonce,
        event: plan.gate.event.uuid(),
        gate: plan.gate.id.uuid(),
        ticket: body.ticket,
        reason: body.reason.code(),
        note,
        staff: staff.id.uuid(),
        at: now,
    };
    door.db
        .transaction(async |conn| {
            if store::add_check_in(conn, &asked).await? {
                let detail = json!({
                    "event": asked.event, "gate": asked.gate, "gate_name": plan.gate.name, "reason": asked.reason,
                    "nonce": asked.nonce,
                });
                audit::record(conn, actor, "ticket.checked_in", &body.ticket.to_string(), detail, now).await?;
            }
            Ok::<_, Fault>(())
        })
        .await
}
