//! `POST /api/v1/scans`: may this code come in, or go out, at this gate, now?

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use audit::Actor;
use chrono::{DateTime, Utc};
use domain::{
    admission::{Direction, Reason},
    ids::{GateId, SessionId, StaffId, TicketId},
    language::Language,
};
use serde::{Deserialize, Deserializer};
use settings::crash;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, Locale, Staff, can};

use super::{
    answer::{Answer, Decided, answer},
    record::{Outcome, Recorded},
    row::row,
};
use crate::{Door, devices, door::GatePlan, faults, metrics};

/// The largest request. A code has 512 bytes at most; what is far beyond is not a scan.
const MAX_BODY: usize = 4096;
const MAX_NONCE: usize = 128;

/// A scan as the device asks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScanRequest {
    /// The text of the QR code, as read or as typed.
    pub code: String,
    /// The event's id or slug.
    pub event: String,
    /// The gate's id.
    pub gate: String,
    /// Chosen by the device, once per scan and kept for its repeats: the same nonce of the same device gets the same answer,
    /// after signing in again too.
    pub nonce: String,
    /// The device's clock when it read the code.
    pub scanned_at: DateTime<Utc>,
    /// `entry`, also where nothing is said, or `exit`.
    #[serde(default, deserialize_with = "direction")]
    #[schema(value_type = Option<String>, example = "entry")]
    pub direction: Direction,
}

/// A direction by its name.
fn direction<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Direction, D::Error> {
    let name = String::deserialize(deserializer)?;
    Direction::from_code(&name).ok_or_else(|| serde::de::Error::custom("neither entry nor exit"))
}

/// A scan with who asks.
pub(crate) struct Asked {
    /// Who asks.
    pub staff: StaffId,
    /// Their sign-in.
    pub session: SessionId,
    /// The device they ask with; with the nonce it makes the scan unique.
    pub device: Uuid,
    /// The language of the answer.
    pub language: Language,
    /// What they ask.
    pub request: ScanRequest,
    /// Why a supervisor lets a refusal stand aside.
    pub override_note: Option<String>,
    /// The ticket, where it was chosen from a list: there is no code then.
    pub ticket: Option<TicketId>,
}

/// Decides on a scan, records it, and answers.
#[utoipa::path(post, path = "/api/v1/scans", tag = "door",
    request_body(content = ScanRequest, example = json!({
        "code": "W50W505TI000M20%20000000000IB05TI000M20%200000000005B0A NLOQQZIOYD77IX8D :R*VQC806XMLOUXPVVL2QBC6+P7SD9*4C%3V2TNV2Y+4IY459A3IPV5M9U6F3LDM11TA6RO7GOC0",
        "event": "friday", "gate": "01938000-0000-7000-8000-000000000004", "nonce": "7b0c6a3e-2f52-4f3b-a0a5-9f7b1f3f0d11",
        "scanned_at": "2026-11-27T23:04:05.120Z", "direction": "entry"
    })),
    responses(
        (status = 200, description = "Every well-formed scan, admitted or denied", body = Answer, example = json!({
            "scan": "019ac794-7a80-7c40-8a57-6f1c9a1f0b11", "direction": "entry", "decision": "deny", "reason": "already_inside",
            "sentence": "Came in at 23:58, Main door. Two tickets? Ask for the other code.", "attention": "Check the age",
            "ticket": {"type": "General admission", "holder": "Lucía Ferrer"},
            "first_scan": {"at": "2026-11-27T22:58:12Z", "gate": "01938000-0000-7000-8000-000000000004", "gate_name": "Main door"},
            "inside": 214, "limit": 400
        })),
        (status = 401, body = web::Problem), (status = 403, body = web::Problem),
        (status = 404, description = "`not_found`: no such event or gate", body = web::Problem),
        (status = 409, description = "`scan_id_reused`: the nonce was used for another scan", body = web::Problem),
        (status = 413, body = web::Problem), (status = 422, body = web::Problem),
        (status = 503, description = "No answer: ask again with the same nonce", body = web::Problem),
    ), security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    locale: Locale,
    http: HttpRequest,
    request: ApiJson<ScanRequest, MAX_BODY>,
) -> Result<HttpResponse, Fault> {
    let request = request.into_inner();
    check_night(&door, &staff, &request).await?;
    let asked = Asked {
        staff: staff.id,
        session: staff.session,
        // Not the session: who signs in again in the middle of a scan asks for the same answer.
        device: devices::caller(&door, &http, staff.id).await?.id,
        language: locale.0,
        request,
        override_note: None,
        ticket: None,
    };
    reply(decide(&door, asked).await?)
}

/// Decides on a scan and records it; by its code, or by a ticket that was chosen from a list.
pub(crate) async fn decide(door: &Door, asked: Asked) -> Result<Recorded, Fault> {
    decide_by(door, asked, None).await
}

/// The same, saying for the audit log who lets a refusal stand aside.
pub(super) async fn decide_by(door: &Door, asked: Asked, by: Option<&Actor>) -> Result<Recorded, Fault> {
    check_nonce(&asked.request.nonce)?;
    let plan = db::urgently(plan(door, &asked.request)).await?;
    let scan = row(door, asked, by, &plan);
    crash::point("S1");
    let recorded = door.turnstile.record(scan).await?;
    // Committed, not answered: the phone asks again with the same nonce and must hear the same.
    crash::point("S2");
    Ok(recorded)
}

/// 403 `outside_your_nights` for a gate of a night that is none of theirs.
pub(crate) async fn check_night<P>(
    door: &Door,
    staff: &Staff<P>,
    request: &ScanRequest,
) -> Result<(), Fault> {
    if !staff.grants.is_limited() {
        return Ok(());
    }
    let plan = db::urgently(plan(door, request)).await?;
    staff.within(plan.gate.event)
}

/// 422 unless it is 1 to 128 signs of ASCII, without space.
pub(crate) fn check_nonce(nonce: &str) -> Result<(), Fault> {
    if (1..=MAX_NONCE).contains(&nonce.len()) && nonce.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(())
    } else {
        Err(Fault::invalid("invalid_value").field("nonce", "invalid_value"))
    }
}

/// The gate with its event, if there is such a gate and the event is its own.
async fn plan(door: &Door, request: &ScanRequest) -> Result<Arc<GatePlan>, Fault> {
    let found = match request.gate.parse::<GateId>() {
        Ok(gate) => door.board.gate(&door.db, gate).await?,
        Err(_) => None,
    };
    match found {
        Some(plan) if plan.is_for(&request.event) => Ok(plan),
        _ => {
            let event = crate::door::store::event_named(&mut *door.db.conn().await?, &request.event).await?;
            Err(if event.is_some() { faults::gate_not_found() } else { faults::event_not_found() })
        }
    }
}

/// The answer to a scan that was recorded now or before.
pub(crate) fn reply(recorded: Recorded) -> Result<HttpResponse, Fault> {
    answered(recorded).map(|answer| HttpResponse::Ok().json(answer))
}

/// The same before it is written. 401 where the session has ended, 409 where the nonce stands for another scan.
pub(crate) fn answered(recorded: Recorded) -> Result<Answer, Fault> {
    match recorded.outcome {
        Outcome::SessionEnded => return Err(faults::session_ended()),
        Outcome::Reused => {
            return Err(Fault::conflict("scan_id_reused").detail("This nonce was used for another scan."));
        }
        Outcome::Recorded | Outcome::Repeated => {}
    }
    let reason = recorded.reason.as_deref().and_then(Reason::from_code);
    let direction = recorded.direction.as_deref().and_then(Direction::from_code);
    let decided = recorded.scan.zip(direction).zip(reason);
    let language = recorded.language.as_deref().and_then(|code| code.parse().ok());
    let (Some(((scan, direction), reason)), Some(language), Some(facts)) =
        (decided, language, recorded.facts)
    else {
        return Err(Fault::internal("a stored scan has no readable answer"));
    };
    if recorded.outcome == Outcome::Recorded {
        metrics::get().scan(reason);
        let (direction, overridden) = (direction.code(), facts.overridden.as_deref());
        tracing::info!(%scan, direction, reason = reason.code(), overridden, "scan answered");
    }
    Ok(answer(language, Decided { scan, direction, reason }, facts))
}
