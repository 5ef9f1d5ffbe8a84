//! May this code go through here and now? One pure function answers, online, on a phone without network, and in a replay.
//!
//! The questions are asked in a fixed order, so that the doorman hears the reason that matters: is the code ours, is
//! it for tonight, do we know the ticket, is the ticket in order, may its holder come at all, is this its door, is this its time,
//! is a code that moves the present one, is its guest inside already, or was as often as may be, and at last whether there is room.
//! Who leaves is asked one thing: whether they are inside.
//!
//! Phones decide by a twin in JavaScript, `services/scanner/assets/verdict.js`. The cases in `vectors/` hold the two together: a
//! change of either alone fails a test.

mod reason;
mod record;
mod status;

pub use reason::{Decision, Reason};
pub use record::{Admission, Direction, EntryWindow, FirstScan, Gate, Stay};
pub use status::TicketStatus;

use crate::{
    mode::Mode,
    ticket_code::{CodeError, Step, TicketCode},
};
use chrono::{DateTime, Utc};

/// The answer to a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Let through, or not.
    pub decision: Decision,
    /// Why.
    pub reason: Reason,
    /// What the doorman should look at, whatever the decision.
    pub attention: Option<String>,
    /// The earlier scan, where that is the reason.
    pub first_scan: Option<FirstScan>,
}

/// Decides. `admission` is the door's record of the ticket that the code names, if it has one; it is ignored where
/// the code is not the club's or is for another event. `full` says that as many are inside as may be.
pub fn verdict(
    code: &Result<TicketCode, CodeError>,
    admission: Option<&Admission>,
    gate: &Gate,
    window: EntryWindow,
    now: DateTime<Utc>,
    direction: Direction,
    full: bool,
) -> Verdict {
    let known =
        admission.filter(|a| code.as_ref().is_ok_and(|c| c.ticket == a.ticket && c.event == gate.event));
    let reason = match (code, known) {
        (Err(CodeError::Malformed), _) => Reason::Malformed,
        (Err(CodeError::OtherMode(Mode::Test)), _) => Reason::TestTicket,
        (Err(CodeError::OtherMode(Mode::Live)), _) => Reason::LiveTicket,
        (Err(CodeError::Forged | CodeError::UnknownKey), _) => Reason::Forged,
        (Ok(code), _) if code.event != gate.event => Reason::WrongEvent,
        (Ok(_), None) => Reason::Unknown,
        (Ok(code), Some(admission)) => match direction {
            Direction::Entry => entry(admission, code.step, gate, window, now, full),
            Direction::Exit => exit(admission, gate),
        },
    };
    let told = matches!(reason, Reason::AlreadyInside | Reason::NoReentry);
    Verdict {
        decision: if reason == Reason::Ok { Decision::Admit } else { Decision::Deny },
        reason,
        attention: known.and_then(|a| a.attention.clone()),
        first_scan: known.filter(|_| told).and_then(|a| a.stay.last().cloned()),
    }
}

/// Nobody is kept inside: not for a ticket that was blocked meanwhile, nor when entry is over.
fn exit(admission: &Admission, gate: &Gate) -> Reason {
    if admission.zone != gate.zone {
        return Reason::WrongGate;
    }
    match admission.stay {
        Stay::Inside(_) => Reason::Ok,
        Stay::Never | Stay::Out { .. } => Reason::NotInside,
    }
}

fn entry(
    admission: &Admission,
    shown: Option<Step>,
    gate: &Gate,
    window: EntryWindow,
    now: DateTime<Utc>,
    full: bool,
) -> Reason {
    if let Some(refusal) = admission.status.refusal() {
        return refusal;
    }
    if admission.banned {
        return Reason::Banned;
    }
    if admission.zone != gate.zone {
        return Reason::WrongGate;
    }
    if now < window.from {
        return Reason::TooEarly;
    }
    if now >= window.until {
        return Reason::TooLate;
    }
    if admission.admit_from.is_some_and(|from| now < from) {
        return Reason::TooEarly;
    }
    // Who was in before the ticket's own cut-off is not late.
    if admission.stay == Stay::Never && admission.admit_until.is_some_and(|until| now >= until) {
        return Reason::TooLate;
    }
    if admission.rotating && shown.is_none_or(|step| !step.fresh_at(now)) {
        return Reason::StaleCode;
    }
    match &admission.stay {
        Stay::Inside(_) => Reason::AlreadyInside,
        Stay::Out { entries, .. } if admission.entries_allowed.is_some_and(|most| *entries >= most) => {
            Reason::NoReentry
        }
        Stay::Never | Stay::Out { .. } if full => Reason::Full,
        Stay::Never | Stay::Out { .. } => Reason::Ok,
    }
}

#[cfg(test)]
mod tests;
