//! A night's door at one moment, as programs read it.

mod read;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) use read::Read;

/// All that the live page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Snapshot {
    /// The night.
    pub event: Uuid,
    /// Its name.
    pub title: String,
    /// IANA name of the venue's zone.
    pub time_zone: String,
    /// When this was read.
    pub at: DateTime<Utc>,
    /// People inside.
    pub inside: i64,
    /// How many may be; null where the night has no limit.
    pub limit: Option<i64>,
    /// Its zones that have a limit of their own.
    pub zones: Vec<LiveZone>,
    /// Tickets that are good: sold, given away or on the guest list.
    pub sold: i64,
    /// Its gates.
    pub gates: Vec<AtGate>,
    /// Why guests were turned away, the most frequent first.
    pub denials: Vec<Denial>,
    /// The phones.
    pub devices: Vec<DeviceView>,
    /// Entries that somebody should look at, and nobody has: a ticket was let in twice, or was no good.
    pub conflicts: Vec<ConflictView>,
    /// Arrivals per ten minutes since the doors opened.
    pub arrivals: Vec<Arrivals>,
}

/// A zone with a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LiveZone {
    /// The zone.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// People in it.
    pub inside: i64,
    /// How many may be.
    pub limit: i64,
    /// `none`; `near`, from nine of ten on; `nearly`, from nineteen of twenty on; or `full`.
    pub warn: &'static str,
}

/// One gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AtGate {
    /// The gate.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Scans of the last minute.
    pub last_minute: i64,
    /// Scans of the last five minutes.
    pub last_five_minutes: i64,
    /// Guests let in.
    pub admitted: i64,
    /// Guests turned away.
    pub denied: i64,
    /// Guests who left.
    pub left: i64,
}

/// Guests turned away for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Denial {
    /// The reason, as in the answer to a scan.
    pub reason: String,
    /// How often.
    pub scans: i64,
}

/// How a phone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LiveDeviceState)]
pub enum DeviceState {
    /// Heard of within two minutes.
    Seen,
    /// Heard of tonight, and silent since.
    Silent,
    /// Not heard of tonight.
    Away,
}

/// A phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LiveDevice)]
pub struct DeviceView {
    /// The device.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its gate, where it has one.
    pub gate: Option<String>,
    /// Who signed in on it last.
    pub held_by: Option<String>,
    /// How full its battery is, in percent.
    pub battery: Option<i16>,
    /// When it last took the list of tickets in.
    pub data_at: Option<DateTime<Utc>>,
    /// Whether that is so long ago that tickets may be missing.
    pub data_is_old: bool,
    /// Scans that wait on it to be sent.
    pub queue_length: i64,
    /// When it was last heard of.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// How it stands.
    pub state: DeviceState,
}

/// An entry that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LiveConflict)]
pub struct ConflictView {
    /// The scan of that entry, by which the conflict is closed.
    pub scan: Uuid,
    /// `second_entry`, `not_allowed`, `let_in_although` or `phone_said_no`, see the conflicts.
    pub kind: String,
    /// The ticket's type, where the door knows it.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    /// Its holder.
    pub holder: Option<String>,
    /// What the door would have said, had the phone been able to ask; or what the phone said, where it said no.
    pub judged: Option<String>,
    /// The entry that counts, where the ticket was let in twice.
    pub first: Option<Sighting>,
    /// The entry in doubt.
    pub second: Sighting,
}

/// Where and when a ticket was let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sighting {
    /// When.
    pub at: DateTime<Utc>,
    /// The gate.
    pub gate: String,
    /// The phone's name; null where the scan came from none that is enrolled.
    pub device: Option<String>,
}

/// People who came within ten minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Arrivals {
    /// When the ten minutes began.
    pub from: DateTime<Utc>,
    /// Who came in them.
    pub came: i64,
    /// Who had come by their end.
    pub total: i64,
}

impl Snapshot {
    /// Whether a reader would see anything else.
    pub(super) fn differs_from(&self, other: &Self) -> bool {
        *self != Self { at: self.at, ..other.clone() }
    }

    /// The venue's zone.
    pub(super) fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }

    /// People let in.
    pub(super) fn came(&self) -> i64 {
        self.gates.iter().map(|gate| gate.admitted).sum()
    }
}
