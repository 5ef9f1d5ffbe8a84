//! A moment's door, from what was read of it.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Arrivals, AtGate, ConflictView, Denial, DeviceState, DeviceView, LiveZone, Sighting, Snapshot};
use crate::door::occupancy::warn;
use crate::live::store::{Conflict, Device, EARLY, GateName, House, SILENT, ZoneHouse};
use crate::live::tally::{Counts, STEP, step};

/// Data on a phone that is older is called so.
const OLD_DATA: TimeDelta = TimeDelta::minutes(5);
/// A chart has no more steps than these: a day.
const STEPS: usize = 144;

/// What was read of a night.
pub(in crate::live) struct Read {
    pub(in crate::live) event: Uuid,
    pub(in crate::live) house: House,
    pub(in crate::live) sold: i64,
    pub(in crate::live) zones: Vec<ZoneHouse>,
    pub(in crate::live) gates: Vec<GateName>,
    pub(in crate::live) counts: Counts,
    pub(in crate::live) devices: Vec<Device>,
    pub(in crate::live) conflicts: Vec<Conflict>,
}

impl Snapshot {
    pub(in crate::live) fn of(read: Read, now: DateTime<Utc>) -> Self {
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
        kind: conflict.kind,
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
