//! May this code enter here and now? One pure function answers, online and in a replay.
//!
//! The questions are asked in a fixed order, so that the doorman hears the reason that matters: is the code ours, is
//! it for tonight, do we know the ticket, is the ticket in order, is this its door, is this its time, and only then
//! whether it has been used.

use crate::{
    ids::{EventId, GateId, TicketId, ZoneId},
    mode::Mode,
    ticket_code::{CodeError, TicketCode},
};
use chrono::{DateTime, Utc};

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal),* $(,)?) => {
        /// Why a scan was answered as it was; a closed list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Reason { $($(#[$doc])* $name),* }

        impl Reason {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// Its name in JSON, SQL and messages.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }
            /// The reason with that name.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|reason| reason.code() == code)
            }
        }
    };
}

reasons! {
    /// Come in.
    Ok = "ok",
    /// The entry right has been used.
    AlreadyInside = "already_inside",
    /// The order is not paid.
    Unpaid = "unpaid",
    /// The order awaits the club's approval.
    Unapproved = "unapproved",
    /// The ticket or its order was cancelled.
    Cancelled = "cancelled",
    /// The money went back.
    Refunded = "refunded",
    /// The ticket was re-issued or transferred: another code took its place.
    Revoked = "revoked",
    /// The club blocked the ticket.
    Blocked = "blocked",
    /// The guest's bank takes the money back: frozen until that is decided.
    Disputed = "disputed",
    /// The person may not enter.
    Banned = "banned",
    /// A ticket of the club, for another event.
    WrongEvent = "wrong_event",
    /// This ticket type does not enter here.
    WrongGate = "wrong_gate",
    /// Doors are not open yet.
    TooEarly = "too_early",
    /// Entry is over: at this door, or with this ticket.
    TooLate = "too_late",
    /// Signed by the club, and not on the list of this event.
    Unknown = "unknown",
    /// Looks like a ticket; the club did not sign it.
    Forged = "forged",
    /// Sold in test mode, at a door that lets guests in.
    TestTicket = "test_ticket",
    /// A real ticket, at a door in test mode.
    LiveTicket = "live_ticket",
    /// Not the code of a ticket.
    Malformed = "malformed",
    /// More than one ticket answers to what was typed.
    Ambiguous = "ambiguous",
}

/// Let in, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Let in.
    Admit,
    /// Do not.
    Deny,
}

impl Decision {
    /// `admit` or `deny`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Deny => "deny",
        }
    }
}

/// Whether a ticket is in order, as its owner last said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TicketStatus {
    /// In order.
    Valid,
    /// Cancelled by the club.
    Cancelled,
    /// Its money went back.
    Refunded,
    /// Replaced by another code.
    Revoked,
    /// Blocked by the club.
    Blocked,
    /// Frozen: its buyer's bank takes the money back.
    Disputed,
}

impl TicketStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Valid, Self::Cancelled, Self::Refunded, Self::Revoked, Self::Blocked, Self::Disputed];

    /// Its name in SQL and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
            Self::Revoked => "revoked",
            Self::Blocked => "blocked",
            Self::Disputed => "disputed",
        }
    }

    /// The status with that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Whether a refund may take the ticket back. One that was frozen in a dispute, too: the refund may have been first.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Valid | Self::Blocked | Self::Disputed)
    }

    const fn refusal(self) -> Option<Reason> {
        match self {
            Self::Valid => None,
            Self::Cancelled => Some(Reason::Cancelled),
            Self::Refunded => Some(Reason::Refunded),
            Self::Revoked => Some(Reason::Revoked),
            Self::Blocked => Some(Reason::Blocked),
            Self::Disputed => Some(Reason::Disputed),
        }
    }
}

/// The scan that used an entry right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstScan {
    /// When.
    pub at: DateTime<Utc>,
    /// At which gate.
    pub gate: GateId,
    /// The gate's name as the staff knows it.
    pub gate_name: String,
}

/// What the door knows of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The ticket.
    pub ticket: TicketId,
    /// Its event.
    pub event: EventId,
    /// The zone it gives entry to.
    pub zone: ZoneId,
    /// Whether it is in order.
    pub status: TicketStatus,
    /// Name of its type.
    pub type_name: String,
    /// Name of its holder.
    pub holder: String,
    /// What the doorman should look at ("check ID").
    pub attention: Option<String>,
    /// First instant in which it no longer gives entry, where that is before the doors close: the guest list's cut-off.
    pub admit_until: Option<DateTime<Utc>>,
    /// The scan that used it in its zone, if any.
    pub first_scan: Option<FirstScan>,
}

/// A door of one zone of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// The gate.
    pub id: GateId,
    /// The event it is open for.
    pub event: EventId,
    /// The zone behind it.
    pub zone: ZoneId,
    /// Its name as the staff knows it.
    pub name: String,
}

/// When an event's doors admit: from `from`, and no longer at `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryWindow {
    /// First instant of entry.
    pub from: DateTime<Utc>,
    /// First instant without entry.
    pub until: DateTime<Utc>,
}

/// The answer to a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Let in, or not.
    pub decision: Decision,
    /// Why.
    pub reason: Reason,
    /// What the doorman should look at, whatever the decision.
    pub attention: Option<String>,
    /// The earlier scan, where that is the reason.
    pub first_scan: Option<FirstScan>,
}

/// Decides. `admission` is the door's record of the ticket that the code names, if it has one; it is ignored where
/// the code is not the club's or is for another event.
pub fn verdict(
    code: &Result<TicketCode, CodeError>,
    admission: Option<&Admission>,
    gate: &Gate,
    window: EntryWindow,
    now: DateTime<Utc>,
) -> Verdict {
    let reason = match (code, admission) {
        (Err(CodeError::Malformed), _) => Reason::Malformed,
        (Err(CodeError::OtherMode(Mode::Test)), _) => Reason::TestTicket,
        (Err(CodeError::OtherMode(Mode::Live)), _) => Reason::LiveTicket,
        (Err(CodeError::Forged | CodeError::UnknownKey), _) => Reason::Forged,
        (Ok(code), _) if code.event != gate.event => Reason::WrongEvent,
        (Ok(_), None) => Reason::Unknown,
        (Ok(_), Some(admission)) => known(admission, gate, window, now),
    };
    let known =
        admission.filter(|a| code.as_ref().is_ok_and(|c| c.ticket == a.ticket && c.event == gate.event));
    Verdict {
        decision: if reason == Reason::Ok { Decision::Admit } else { Decision::Deny },
        reason,
        attention: known.and_then(|a| a.attention.clone()),
        first_scan: known.filter(|_| reason == Reason::AlreadyInside).and_then(|a| a.first_scan.clone()),
    }
}

fn known(admission: &Admission, gate: &Gate, window: EntryWindow, now: DateTime<Utc>) -> Reason {
    if let Some(refusal) = admission.status.refusal() {
        return refusal;
    }
    if admission.zone != gate.zone {
        return Reason::WrongGate;
    }
    if now < window.from {
        return Reason::TooEarly;
    }
    if now >= window.until || admission.admit_until.is_some_and(|until| now >= until) {
        return Reason::TooLate;
    }
    if admission.first_scan.is_some() { Reason::AlreadyInside } else { Reason::Ok }
}

#[cfg(test)]
mod tests;
