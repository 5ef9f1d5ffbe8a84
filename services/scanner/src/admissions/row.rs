//! From what a device asks to what `record_scans` must know.

use audit::Actor;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    admission::{Direction, Reason},
    ids::{MessageId, ScanId, TicketId},
    ticket_code::{CodeError, CodeKind, Step, TicketCode},
};
use messages::{millis, scanner::v1::TicketScanned};
use prost::Message;
use sha2::{Digest, Sha256};

use super::{
    facts::Facts,
    record::ScanRow,
    rules::{Rules, rules},
    scan::{Asked, ScanRequest},
};
use crate::{Door, door::GatePlan};

/// A phone whose clock is ahead by more, or behind by more, is believed in nothing but its nonce.
pub(crate) const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// See [`AHEAD`].
pub(crate) const BEHIND: TimeDelta = TimeDelta::days(7);
/// The start of 2000 and of 2100: what is told beyond them is stored as one of them.
const EARLIEST: DateTime<Utc> = DateTime::from_timestamp(946_684_800, 0).expect("a date of the calendar");
const LATEST: DateTime<Utc> = DateTime::from_timestamp(4_102_444_800, 0).expect("a date of the calendar");

/// All that `record_scans` must know.
pub(super) fn row(door: &Door, asked: Asked, by: Option<&Actor>, plan: &GatePlan) -> ScanRow {
    let now = door.clock.now();
    let code = code(door, &asked, plan, now);
    let direction = asked.request.direction;
    let (reason, by_state, reason_full) = match rules(&code, plan, now, direction) {
        Rules::Settled(reason) => (Some(reason.code()), None, None),
        Rules::ByState { reasons, full } => (None, Some(reasons), Some(full.code())),
    };
    let id = ScanId::generate();
    let ticket = code.as_ref().ok().filter(|_| reason.is_none()).map(|code| code.ticket.uuid());
    let supervised = asked.override_note.is_some();
    ScanRow {
        id: id.uuid(),
        device: asked.device,
        session: asked.session.uuid(),
        content: content(plan, &asked.request, supervised, asked.ticket),
        event: plan.gate.event.uuid(),
        gate: plan.gate.id.uuid(),
        gate_name: plan.gate.name.clone(),
        zone: plan.gate.zone.uuid(),
        staff: asked.staff.uuid(),
        language: asked.language.code(),
        ticket,
        code_event: code.as_ref().ok().map(|code| code.event.uuid()),
        reason,
        rules: by_state,
        reason_full,
        direction: direction.code(),
        overridable: supervised.then(overridable),
        actor: supervised.then(|| by.map_or_else(|| "staff".to_owned(), |by| by.name.clone())),
        request_id: supervised.then(|| by.map(|by| by.request.clone()).unwrap_or_default()),
        override_note: asked.override_note,
        facts: Facts {
            entry_from: plan.window.from,
            entry_until: plan.window.until,
            time_zone: plan.time_zone.name().to_owned(),
            ..Facts::default()
        },
        time_suspect: asked.request.scanned_at > now + AHEAD || asked.request.scanned_at < now - BEHIND,
        scanned_at: storable(asked.request.scanned_at),
        nonce: asked.request.nonce,
        now,
        message_id: MessageId::generate().uuid(),
        payload: payload(id, plan, ticket, direction, now),
        traceparent: telemetry::propagation::inject(),
    }
}

/// What was read; a ticket chosen from the night's list needs no code, and has none that could be a picture.
fn code(door: &Door, asked: &Asked, plan: &GatePlan, now: DateTime<Utc>) -> Result<TicketCode, CodeError> {
    match asked.ticket {
        Some(ticket) => Ok(TicketCode {
            key_id: 0,
            kind: CodeKind::Ticket,
            ticket,
            event: plan.gate.event,
            step: Some(Step::at(now)),
        }),
        None => TicketCode::read(&asked.request.code, &door.ticket_keys),
    }
}

/// The refusals that a supervisor may let stand aside.
fn overridable() -> Vec<&'static str> {
    Reason::ALL.iter().filter(|reason| reason.may_be_overridden()).map(|reason| reason.code()).collect()
}

/// A clock can say anything; the database and those who read it cannot hold anything. What is beyond is suspect anyway.
pub(crate) fn storable(scanned_at: DateTime<Utc>) -> DateTime<Utc> {
    scanned_at.clamp(EARLIEST, LATEST)
}

/// What the nonce stands for. The device's clock is not part of it: a repeat may be stamped anew.
pub(crate) fn content(
    plan: &GatePlan,
    request: &ScanRequest,
    noted: bool,
    ticket: Option<TicketId>,
) -> String {
    let mut digest = Sha256::new();
    digest.update(plan.gate.event.uuid());
    digest.update(plan.gate.id.uuid());
    digest.update(request.direction.code());
    digest.update([u8::from(noted), u8::from(ticket.is_some())]);
    match ticket {
        Some(ticket) => digest.update(ticket.uuid()),
        None => digest.update(request.code.as_bytes()),
    }
    bytea(&digest.finalize())
}

/// The message as far as it is known before the verdict; the function `ticket_scanned_tail` appends the rest.
pub(crate) fn payload(
    id: ScanId,
    plan: &GatePlan,
    ticket: Option<uuid::Uuid>,
    direction: Direction,
    now: DateTime<Utc>,
) -> String {
    let message = TicketScanned {
        scan_id: id.to_string(),
        event_id: plan.gate.event.to_string(),
        gate_id: plan.gate.id.to_string(),
        gate_name: plan.gate.name.clone(),
        zone_id: plan.gate.zone.to_string(),
        ticket_id: ticket.map(|ticket| ticket.to_string()).unwrap_or_default(),
        scanned_at: millis(now),
        direction: direction.code().to_owned(),
        ..TicketScanned::default()
    };
    bytea(&message.encode_to_vec())
}

/// Bytes as PostgreSQL reads them from text.
fn bytea(bytes: &[u8]) -> String {
    format!("\\x{}", hex::encode(bytes))
}
