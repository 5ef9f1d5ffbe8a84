//! Guests whom a phone let in from its list, because they had no code to show, while there was no network.

use db::Conn;
use domain::ids::{EventId, TicketId};
use domain::ticket_code::{CodeError, CodeKind, TicketCode};
use serde_json::json;
use web::Fault;

use super::{
    batch::OfflineScan,
    reading::{Brought, Upload},
    scanners,
};
use crate::{
    Door,
    search::{
        check_in::Why,
        store::{self, CheckIn},
    },
};

/// Longest note that is kept, in characters.
const LONGEST: usize = 500;

/// What a guest showed.
#[derive(Debug)]
pub(super) enum Shown {
    /// A code, or what was taken for one.
    Code(String),
    /// Nothing: the ticket was chosen from the list.
    Nothing(TicketId, Reason),
}

/// Why a guest had no code.
#[derive(Debug, Clone)]
pub(super) struct Reason {
    /// One of a few.
    why: Why,
    /// What else there was to say.
    note: Option<String>,
}

impl Shown {
    /// Reads it; none where it is neither the one nor the other. Nobody goes out by the list.
    pub(super) fn of(asked: &OfflineScan) -> Option<Self> {
        let entry = asked.direction == "entry";
        match (&asked.code, asked.ticket, asked.check_in_reason) {
            (Some(code), None, None) => Some(Self::Code(code.clone())),
            (None, Some(ticket), Some(why)) if entry => {
                let note = asked.check_in_note.as_deref().unwrap_or_default().trim();
                let note: String = note.chars().take(LONGEST).collect();
                let note = Some(note).filter(|note| !note.is_empty());
                let told = why != Why::Other || note.is_some();
                told.then(|| Self::Nothing(TicketId::from_uuid(ticket), Reason { why, note }))
            }
            _ => None,
        }
    }

    /// What the code says; a ticket from the list needs none.
    pub(super) fn read(&self, door: &Door, event: EventId) -> Result<TicketCode, CodeError> {
        match self {
            Self::Code(text) => TicketCode::read(text, &door.ticket_keys),
            Self::Nothing(ticket, _) => {
                Ok(TicketCode { key_id: 0, kind: CodeKind::Ticket, ticket: *ticket, event, step: None })
            }
        }
    }

    /// The ticket that was chosen.
    pub(super) fn chosen(&self) -> Option<TicketId> {
        match self {
            Self::Code(_) => None,
            Self::Nothing(ticket, _) => Some(*ticket),
        }
    }

    /// The text of the code, and why there is none.
    pub(super) fn apart(self) -> (String, Option<Reason>) {
        match self {
            Self::Code(text) => (text, None),
            Self::Nothing(_, reason) => (String::new(), Some(reason)),
        }
    }
}

/// Writes down who let somebody in without a code and why, as of a check-in online; what came online under the same nonce stands.
pub(super) async fn write_down(
    conn: &mut Conn,
    upload: &Upload,
    scan: &Brought,
    nonce: &str,
) -> Result<(), Fault> {
    let (Some(Reason { why, note }), Some(ticket)) = (&scan.check_in, scan.ticket()) else { return Ok(()) };
    let gate = &scan.plan.gate;
    let row = CheckIn {
        device: upload.device,
        nonce,
        event: gate.event.uuid(),
        gate: gate.id.uuid(),
        ticket,
        reason: why.code(),
        note: note.as_deref(),
        staff: scan.by.staff,
        at: scan.times.at,
    };
    if store::add_check_in(conn, &row).await? {
        let actor = scanners::actor(upload, scan.by.staff).because(note.as_deref().unwrap_or(why.code()));
        let detail = json!({
            "event": row.event, "gate": row.gate, "gate_name": gate.name, "reason": row.reason, "nonce": nonce,
            "at": row.at, "offline": true,
        });
        audit::record(conn, &actor, "ticket.checked_in", &ticket.to_string(), detail, upload.now).await?;
    }
    Ok(())
}
