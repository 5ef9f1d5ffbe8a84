//! `POST /api/v1/scans`: may this code come in at this gate, now?

use actix_web::{HttpResponse, web::Data};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ids::{GateId, MessageId, ScanId},
    language::Language,
    ticket_code::{CodeError, TicketCode},
};
use messages::{millis, scanner::v1::TicketScanned};
use prost::Message;
use serde::Deserialize;
use settings::crash;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use web::{ApiJson, Fault, Locale, Staff, can};

use super::{
    answer::{Answer, Facts, answer},
    rules::{Rules, rules},
    store::{Outcome, Recorded, ScanRow},
};
use crate::{Door, door::GatePlan, faults, metrics};

/// The largest request. A code has 512 bytes at most; what is far beyond is not a scan.
const MAX_BODY: usize = 4096;
const MAX_NONCE: usize = 128;
/// A phone whose clock is ahead by more, or behind by more, is believed in nothing but its nonce.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
const BEHIND: TimeDelta = TimeDelta::days(7);
/// The start of 2000 and of 2100: what is told beyond them is stored as one of them.
const EARLIEST: DateTime<Utc> = DateTime::from_timestamp(946_684_800, 0).expect("a date of the calendar");
const LATEST: DateTime<Utc> = DateTime::from_timestamp(4_102_444_800, 0).expect("a date of the calendar");

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
    /// Chosen by the device, once per scan and kept for its repeats: the same nonce of the same member of staff gets the
    /// same answer, after signing in again too.
    pub nonce: String,
    /// The device's clock when it read the code.
    pub scanned_at: DateTime<Utc>,
}

/// Decides on a scan, records it, and answers.
#[utoipa::path(post, path = "/api/v1/scans", tag = "door", request_body = ScanRequest,
    responses(
        (status = 200, description = "Every well-formed scan, admitted or denied", body = Answer),
        (status = 401, body = web::Problem), (status = 403, body = web::Problem),
        (status = 404, description = "`not_found`: no such event or gate", body = web::Problem),
        (status = 409, description = "`scan_id_reused`: the nonce was used for another scan", body = web::Problem),
        (status = 413, body = web::Problem), (status = 422, body = web::Problem),
        (status = 503, description = "No answer: ask again with the same nonce", body = web::Problem),
    ), security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::DoorScan>,
    locale: Locale,
    request: ApiJson<ScanRequest, MAX_BODY>,
) -> Result<HttpResponse, Fault> {
    let request = request.into_inner();
    check_nonce(&request.nonce)?;
    let plan = db::urgently(plan(&door, &request)).await?;
    let scan = row(&door, &staff, locale.0, &plan, request);
    crash::point("S1");
    let recorded = door.turnstile.record(scan).await?;
    // Committed, not answered: the phone asks again with the same nonce and must hear the same.
    crash::point("S2");
    reply(recorded)
}

/// 422 unless it is 1 to 128 signs of ASCII, without space.
pub(crate) fn check_nonce(nonce: &str) -> Result<(), Fault> {
    let good = (1..=MAX_NONCE).contains(&nonce.len()) && nonce.bytes().all(|byte| byte.is_ascii_graphic());
    if good { Ok(()) } else { Err(Fault::invalid("invalid_value").field("nonce", "invalid_value")) }
}

/// The gate with its event, if there is such a gate and the event is its own.
async fn plan(door: &Door, request: &ScanRequest) -> Result<std::sync::Arc<GatePlan>, Fault> {
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

/// All that `record_scans` must know.
fn row(
    door: &Door,
    staff: &Staff<can::DoorScan>,
    language: Language,
    plan: &GatePlan,
    request: ScanRequest,
) -> ScanRow {
    let now = door.clock.now();
    let code = TicketCode::read(&request.code, &door.ticket_keys);
    let (reason, by_state) = match rules(&code, plan, now) {
        Rules::Settled(reason) => (Some(reason.code()), None),
        Rules::ByState(reasons) => (None, Some(reasons)),
    };
    let id = ScanId::generate();
    let ticket = code.as_ref().ok().filter(|_| reason.is_none()).map(|code| code.ticket.uuid());
    ScanRow {
        id: id.uuid(),
        // Not the session: who signs in again in the middle of a scan asks for the same answer.
        device: staff.id.uuid(),
        session: staff.session.uuid(),
        content: content(&request, plan),
        nonce: request.nonce,
        event: plan.gate.event.uuid(),
        gate: plan.gate.id.uuid(),
        gate_name: plan.gate.name.clone(),
        zone: plan.gate.zone.uuid(),
        staff: staff.id.uuid(),
        language: language.code(),
        ticket,
        code_event: code.as_ref().ok().map(|code| code.event.uuid()),
        reason,
        rules: by_state,
        facts: Facts {
            entry_from: plan.window.from,
            entry_until: plan.window.until,
            time_zone: plan.time_zone.name().to_owned(),
            ..Facts::default()
        },
        time_suspect: request.scanned_at > now + AHEAD || request.scanned_at < now - BEHIND,
        scanned_at: storable(request.scanned_at),
        now,
        message_id: MessageId::generate().uuid(),
        payload: payload(id, plan, &code, ticket.is_some(), now),
        traceparent: telemetry::propagation::inject(),
    }
}

/// A clock can say anything; the database and those who read it cannot hold anything. What is beyond is suspect anyway.
fn storable(scanned_at: DateTime<Utc>) -> DateTime<Utc> {
    scanned_at.clamp(EARLIEST, LATEST)
}

/// What the nonce stands for. The device's clock is not part of it: a repeat may be stamped anew.
fn content(request: &ScanRequest, plan: &GatePlan) -> String {
    let mut digest = Sha256::new();
    digest.update(plan.gate.event.uuid());
    digest.update(plan.gate.id.uuid());
    digest.update(request.code.as_bytes());
    bytea(&digest.finalize())
}

/// The message as far as it is known before the verdict; the function `ticket_scanned_tail` appends the rest.
fn payload(
    id: ScanId,
    plan: &GatePlan,
    code: &Result<TicketCode, CodeError>,
    ours: bool,
    now: DateTime<Utc>,
) -> String {
    let ticket = code.as_ref().ok().filter(|_| ours).map(|code| code.ticket.to_string()).unwrap_or_default();
    let message = TicketScanned {
        scan_id: id.to_string(),
        event_id: plan.gate.event.to_string(),
        gate_id: plan.gate.id.to_string(),
        gate_name: plan.gate.name.clone(),
        zone_id: plan.gate.zone.to_string(),
        ticket_id: ticket,
        scanned_at: millis(now),
        ..TicketScanned::default()
    };
    bytea(&message.encode_to_vec())
}

/// Bytes as PostgreSQL reads them from text.
fn bytea(bytes: &[u8]) -> String {
    format!("\\x{}", hex::encode(bytes))
}

fn reply(recorded: Recorded) -> Result<HttpResponse, Fault> {
    match recorded.outcome {
        Outcome::SessionEnded => return Err(faults::session_ended()),
        Outcome::Reused => {
            return Err(Fault::conflict("scan_id_reused").detail("This nonce was used for another scan."));
        }
        Outcome::Recorded | Outcome::Repeated => {}
    }
    let reason = recorded.reason.as_deref().and_then(domain::admission::Reason::from_code);
    let language = recorded.language.as_deref().and_then(|code| code.parse().ok());
    let (Some(reason), Some(language), Some(facts)) = (reason, language, recorded.facts) else {
        return Err(Fault::internal("a stored scan has no readable answer"));
    };
    if recorded.outcome == Outcome::Recorded {
        metrics::get().scan(reason);
        tracing::info!(scan = %recorded.id, reason = reason.code(), "scan answered");
    }
    Ok(HttpResponse::Ok().json(answer(language, reason, facts)))
}
