//! One scan of a batch, as far as it can be read. Whatever is wrong with it is its own matter: it is written down all the same, and
//! the others go on.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    admission::{Direction, Reason, verdict},
    ids::{EventId, GateId, StaffId},
    language::Language,
    ticket_code::{CodeError, TicketCode},
};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use web::Fault;

use super::{
    batch::OfflineScan,
    check_ins::{self, Shown},
    id_checks::Looked,
    scanners::Scanner,
    times::{Times, times},
};
use crate::{
    Door,
    admissions::{
        self,
        scan::{ScanRequest, check_nonce},
    },
    counter::undo,
    door::GatePlan,
};

/// Longest text that is kept of what could not be read.
const LONGEST: usize = 200;
/// So far the time in a scan's id may be from that of its phone.
const NEAR: TimeDelta = TimeDelta::minutes(10);

/// Who brings scans.
#[derive(Debug)]
pub(super) struct Upload {
    /// The phone.
    pub device: Uuid,
    /// Who is signed in on it.
    pub staff: StaffId,
    /// Their name.
    pub name: String,
    /// The same, for the audit log.
    pub actor: audit::Actor,
    /// Whether they may let a refusal stand aside.
    pub supervises: bool,
    /// Their language.
    pub language: Language,
    /// The phone's clock at the upload.
    pub device_time: DateTime<Utc>,
    /// Ours.
    pub now: DateTime<Utc>,
}

/// A scan of a batch.
#[derive(Debug)]
pub(super) enum Item {
    /// At a gate of ours.
    Sound(Box<Brought>),
    /// Kept for people to look at, with the server's reason where it has one.
    Unmatched(Box<Unmatched>, Option<Reason>),
}

/// A scan at a gate of ours.
#[derive(Debug)]
pub(super) struct Brought {
    pub nonce: String,
    pub by: Scanner,
    pub plan: Arc<GatePlan>,
    pub code: Result<TicketCode, CodeError>,
    /// Why there was no code, where the ticket was chosen from the list.
    pub check_in: Option<check_ins::Reason>,
    /// What the nonce stands for, as of a scan online.
    pub content: String,
    pub direction: Direction,
    pub admitted: bool,
    /// The phone's reason, if it is one of ours.
    pub reason: Option<Reason>,
    pub times: Times,
    pub note: Option<String>,
    /// When it was taken back on the phone, by whoever may.
    pub undone_at: Option<DateTime<Utc>>,
    /// What it was called when it was answered before, if that can be.
    pub called: Option<Uuid>,
    /// What was found of the guest's document, by whoever may say so.
    pub looked: Option<Looked>,
    /// The same as a row of what is kept for people, if its nonce turns out to stand for another scan.
    pub otherwise: Unmatched,
}

impl Brought {
    /// The ticket that its code names.
    pub fn ticket(&self) -> Option<Uuid> {
        self.code.as_ref().ok().map(|code| code.ticket.uuid())
    }
}

/// A row of `unmatched_scans`.
#[derive(Debug, Clone, Serialize)]
pub struct Unmatched {
    id: Uuid,
    content: String,
    device: Uuid,
    staff_id: Uuid,
    /// As it came.
    pub nonce: String,
    problem: &'static str,
    event: String,
    gate: String,
    code_hash: String,
    direction: String,
    decision: String,
    reason: String,
    scanned_at: Option<DateTime<Utc>>,
    corrected_at: Option<DateTime<Utc>>,
    recorded_at: DateTime<Utc>,
}

impl Unmatched {
    /// The same with another problem.
    pub(super) fn because(&self, problem: &'static str) -> Self {
        Self { problem, ..self.clone() }
    }
}

/// Reads a scan and finds its gate.
pub(super) async fn read(door: &Door, upload: &Upload, value: &Value) -> Result<Item, Fault> {
    let mut kept = unmatched(upload, value);
    let problem =
        |kept: Unmatched, problem, reason| Ok(Item::Unmatched(Box::new(kept.because(problem)), reason));
    let Ok(asked) = serde_json::from_value::<OfflineScan>(value.clone()) else {
        return problem(kept, "shape", None);
    };
    if check_nonce(&asked.nonce).is_err() {
        return problem(kept, "nonce", None);
    }
    let Some(shown) = Shown::of(&asked) else { return problem(kept, "shape", None) };
    let direction = Direction::from_code(&asked.direction);
    let (Some(direction), true) = (direction, ["admit", "deny"].contains(&asked.decision.as_str())) else {
        return problem(kept, "shape", None);
    };
    let times = times(asked.scanned_at, asked.corrected_at, upload.device_time, upload.now);
    (kept.scanned_at, kept.corrected_at) = (Some(times.scanned_at), Some(times.corrected_at));
    let by = Scanner::of(door, upload, asked.staff, times.at).await?;
    kept.staff_id = by.staff;
    let plan = match asked.gate.parse::<GateId>() {
        Ok(gate) => plan_of(door, gate).await?,
        Err(_) => None,
    };
    let Some(plan) = plan.filter(|plan| plan.is_for(&asked.event)) else {
        let event = event_of(door, &asked.event).await?;
        kept.event = event.map_or(kept.event, |event| event.to_string());
        return problem(kept, if event.is_some() { "gate" } else { "event" }, None);
    };
    kept.event = plan.gate.event.to_string();
    let code = shown.read(door, plan.gate.event);
    let admitted = asked.decision == "admit";
    if admitted && code.is_err() {
        // Somebody came in with something that names no ticket: there is nothing that an entry could be of.
        let said = verdict(&code, None, &plan.gate, plan.window, times.at, direction, false).reason;
        return problem(kept, "code", Some(said));
    }
    let noted = asked.override_note.is_some();
    let note = asked.override_note.map(|note| note.trim().chars().take(500).collect::<String>());
    let chosen = shown.chosen();
    let (text, check_in) = shown.apart();
    let request = ScanRequest {
        code: text,
        event: asked.event,
        gate: asked.gate,
        nonce: asked.nonce,
        scanned_at: times.scanned_at,
        direction,
    };
    let in_time = |at: DateTime<Utc>| {
        let after = at.signed_duration_since(times.corrected_at);
        admitted && (upload.supervises || after <= undo::OWN)
    };
    let then = |at: DateTime<Utc>| at.clamp(times.at, upload.now.max(times.at));
    let looked =
        asked.id_check.filter(|looked| in_time(looked.checked_at) && matches!(direction, Direction::Entry));
    let looked = looked.map(|looked| Looked { checked_at: then(looked.checked_at), ..looked });
    let turned_away = looked.as_ref().filter(|looked| !looked.passed).map(|looked| looked.checked_at);
    let undone_at = asked.undone_at.filter(|at| in_time(*at)).map(then).or(turned_away);
    let content = admissions::content(&plan, &request, noted, chosen);
    Ok(Item::Sound(Box::new(Brought {
        content,
        reason: Reason::from_code(&asked.reason),
        nonce: request.nonce,
        by,
        note: note.filter(|note| !note.is_empty()),
        called: asked.scan.and_then(|scan| scan.parse().ok()).filter(|id| is_of(*id, times.corrected_at)),
        undone_at,
        looked,
        otherwise: kept,
        plan,
        code,
        check_in,
        direction,
        admitted,
        times,
    })))
}

/// The gate's plan. One that was closed while the phone had no network let people in before: they are inside.
pub(super) async fn plan_of(door: &Door, gate: GateId) -> Result<Option<Arc<GatePlan>>, Fault> {
    if let Some(plan) = door.board.gate(&door.db, gate).await? {
        return Ok(Some(plan));
    }
    let closed = crate::door::store::any_gate(&mut *door.db.conn().await?, gate).await?;
    Ok(closed.map(Arc::new))
}

async fn event_of(door: &Door, named: &str) -> Result<Option<EventId>, Fault> {
    Ok(crate::door::store::event_named(&mut *door.db.conn().await?, named).await?)
}

/// What there is to keep of anything that a phone may send.
fn unmatched(upload: &Upload, value: &Value) -> Unmatched {
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    let short = |name: &str| text(name).chars().take(LONGEST).collect::<String>();
    let mut content = Sha256::new();
    for name in ["nonce", "event", "gate", "code", "ticket", "direction", "decision"] {
        content.update(text(name).len().to_be_bytes());
        content.update(text(name));
    }
    if !value.is_object() {
        content.update(value.to_string());
    }
    Unmatched {
        id: Uuid::now_v7(),
        content: bytea(&content.finalize()),
        device: upload.device,
        staff_id: upload.staff.uuid(),
        // Whole: the phone knows its scan by it.
        nonce: text("nonce").to_owned(),
        problem: "shape",
        event: short("event"),
        gate: short("gate"),
        code_hash: bytea(&Sha256::digest(text("code"))),
        direction: short("direction"),
        decision: short("decision"),
        reason: short("reason"),
        scanned_at: None,
        corrected_at: None,
        recorded_at: upload.now,
    }
}

/// Whether an id may be that of a scan of this time: those of all scans rise with time.
fn is_of(id: Uuid, at: DateTime<Utc>) -> bool {
    let [a, b, c, d, e, f, ..] = *id.as_bytes();
    let millis = i64::from_be_bytes([0, 0, a, b, c, d, e, f]);
    id.get_version_num() == 7 && (millis - at.timestamp_millis()).abs() <= NEAR.num_milliseconds()
}

/// Bytes as PostgreSQL reads them from text.
fn bytea(bytes: &[u8]) -> String {
    format!("\\x{}", hex::encode(bytes))
}
