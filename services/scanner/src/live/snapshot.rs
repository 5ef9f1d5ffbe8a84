//! A night's door at one moment, as programs read it.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{Conflict, Device, EARLY, GateName, House, SILENT, ZoneHouse};
use super::tally::{Counts, STEP, step};
use crate::door::occupancy::warn;

/// Data on a phone that is older is called so.
const OLD_DATA: TimeDelta = TimeDelta::minutes(5);
/// A chart has no more steps than these: a day.
const STEPS: usize = 144;

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
    /// The ticket's type, where the door knows it.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    /// Its holder.
    pub holder: Option<String>,
    /// What the door would have said, had the phone been able to ask.
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

/// What was read of a night.
pub(super) struct Read {
    pub(super) event: Uuid,
    pub(super) house: House,
    pub(super) sold: i64,
    pub(super) zones: Vec<ZoneHouse>,
    pub(super) gates: Vec<GateName>,
    pub(super) counts: Counts,
    pub(super) devices: Vec<Device>,
    pub(super) conflicts: Vec<Conflict>,
}

impl Snapshot {
    pub(super) fn of(read: Read, now: DateTime<Utc>) -> Self {
        let Read { event, house, sold, zones, gates, counts, devices, conflicts } = read;
        let mut denials: Vec<Denial> = counts
            .denials
            .iter()
            .map(|(reason, scans)| Denial { reason: reason.clone(), scans: *scans })
            .collect();
        denials.sort_by(|one, other| other.scans.cmp(&one.scans).then_with(|| one.reason.cmp(&other.reason)));
        Self {
            event,
            at: now,
            inside: house.inside,
            limit: house.limit,
            zones: zones.into_iter().map(live_zone).collect(),
            sold,
            gates: gates.into_iter().filter_map(|gate| at_gate(gate, &counts)).collect(),
            denials,
            devices: devices.into_iter().map(|device| device_view(device, &house, now)).collect(),
            conflicts: conflicts.into_iter().map(conflict_view).collect(),
            arrivals: arrivals(&house, &counts, now),
            title: house.title,
            time_zone: house.time_zone,
        }
    }

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

fn live_zone(ZoneHouse { id, name, inside, limit }: ZoneHouse) -> LiveZone {
    LiveZone { id, name, inside, limit, warn: warn(inside, Some(limit)) }
}

/// A gate that is closed now is shown as long as something happened there.
fn at_gate(gate: GateName, counts: &Counts) -> Option<AtGate> {
    let counted = counts.gates.get(&gate.id).copied();
    let at = counted.or(gate.active.then(Default::default))?;
    Some(AtGate {
        id: gate.id,
        name: gate.name,
        last_minute: at.last_minute,
        last_five_minutes: at.last_five,
        admitted: at.admitted,
        denied: at.denied,
        left: at.left,
    })
}

fn device_view(device: Device, house: &House, now: DateTime<Utc>) -> DeviceView {
    let state = match device.last_seen_at {
        Some(seen) if seen > now - SILENT => DeviceState::Seen,
        // Once the night is over nobody waits for a phone.
        Some(seen) if seen > house.entry_from - EARLY && now < house.ends_at => DeviceState::Silent,
        _ => DeviceState::Away,
    };
    DeviceView {
        id: device.id,
        name: device.name,
        gate: device.gate,
        held_by: device.held_by,
        battery: device.battery,
        data_is_old: state != DeviceState::Away && device.data_at.is_none_or(|at| at < now - OLD_DATA),
        data_at: device.data_at,
        queue_length: device.queue_length,
        last_seen_at: device.last_seen_at,
        state,
    }
}

fn conflict_view(conflict: Conflict) -> ConflictView {
    ConflictView {
        scan: conflict.scan,
        type_name: conflict.type_name,
        holder: conflict.holder,
        judged: conflict.judged,
        first: conflict.first_at.map(|at| Sighting {
            at,
            gate: conflict.first_gate.unwrap_or_default(),
            device: conflict.first_device,
        }),
        second: Sighting { at: conflict.at, gate: conflict.gate, device: conflict.device },
    }
}

/// From the doors' opening, or the first guest before it, until now or the end of the night.
fn arrivals(house: &House, counts: &Counts, now: DateTime<Utc>) -> Vec<Arrivals> {
    let first = counts.arrivals.keys().next().copied();
    let last = counts.arrivals.keys().next_back().copied();
    let opens = step(house.entry_from);
    let begin = first.map_or(opens, |first| first.min(opens));
    let end = step(now.min(house.ends_at)).max(last.unwrap_or(begin));
    let mut total = 0;
    let steps = (0..).map(|nth| begin + TimeDelta::seconds(STEP * nth));
    let steps = steps.take_while(|from| *from <= end).take(STEPS);
    steps
        .map(|from| {
            let came = counts.arrivals.get(&from).copied().unwrap_or(0);
            total += came;
            Arrivals { from, came, total }
        })
        .collect()
}
