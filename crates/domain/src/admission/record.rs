//! What the door knows: of a ticket, of itself, of the night.

use super::TicketStatus;
use crate::ids::{EventId, GateId, TicketId, ZoneId};
use chrono::{DateTime, Utc};

/// Which way through the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// In.
    #[default]
    Entry,
    /// Out.
    Exit,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Entry, Self::Exit];

    /// `entry` or `exit`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Exit => "exit",
        }
    }

    /// The direction with that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|direction| direction.code() == code)
    }
}

/// The scan by which a guest came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstScan {
    /// When.
    pub at: DateTime<Utc>,
    /// At which gate.
    pub gate: GateId,
    /// The gate's name as the staff knows it.
    pub gate_name: String,
}

/// Where the guest of a ticket is, as seen from the gate's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stay {
    /// Has not come in tonight.
    Never,
    /// Inside, since that scan.
    Inside(FirstScan),
    /// Was inside and went out again.
    Out {
        /// How often the guest came in.
        entries: u16,
        /// The scan of the last entry.
        last: FirstScan,
    },
}

impl Stay {
    /// The scan by which the guest last came in.
    pub const fn last(&self) -> Option<&FirstScan> {
        match self {
            Self::Never => None,
            Self::Inside(scan) | Self::Out { last: scan, .. } => Some(scan),
        }
    }
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
    /// Whether its holder may not enter.
    pub banned: bool,
    /// Name of its type.
    pub type_name: String,
    /// Name of its holder.
    pub holder: String,
    /// What the doorman should look at ("check ID").
    pub attention: Option<String>,
    /// First instant in which it gives entry, where that is after the doors open: its type's.
    pub admit_from: Option<DateTime<Utc>>,
    /// First instant in which its guest no longer comes in for the first time, where that is before the doors close: the guest list's
    /// cut-off or its type's, whichever is earlier. Who was in by then comes in again as its type allows.
    pub admit_until: Option<DateTime<Utc>>,
    /// How often its guest may come in, going out in between; `None` is as often as they like.
    pub entries_allowed: Option<u16>,
    /// Whether its code moves, so that a picture of it lets nobody in.
    pub rotating: bool,
    /// Where its guest is.
    pub stay: Stay,
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
