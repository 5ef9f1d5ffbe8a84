//! What the server would have said of a scan that a phone decided.

use domain::{
    admission::{Admission, Direction, FirstScan, Reason, Stay, TicketStatus, verdict},
    event::EventStatus,
};

use super::{reading::Brought, store::offline::Known};

/// The verdict of the moment of the scan, on what is known now; also of how full the house was in that moment.
pub(super) fn judge(brought: &Brought, known: Option<&Known>, full: bool) -> Reason {
    let plan = &brought.plan;
    let admission = known
        .filter(|known| known.event_id == plan.gate.event.uuid())
        .and_then(|known| admission(known, plan.status, brought.times.at))
        // Chosen from the list: there is no code that could be a picture.
        .map(|admission| Admission {
            rotating: admission.rotating && brought.check_in.is_none(),
            ..admission
        });
    let (gate, window, at) = (&plan.gate, plan.window, brought.times.at);
    verdict(&brought.code, admission.as_ref(), gate, window, at, brought.direction, full).reason
}

/// When the night is called off, its tickets are. One without a status that this build knows is unknown.
fn admission(known: &Known, event: EventStatus, at: chrono::DateTime<chrono::Utc>) -> Option<Admission> {
    let status = match (TicketStatus::from_code(&known.status)?, event) {
        (TicketStatus::Valid, EventStatus::Cancelled) => TicketStatus::Cancelled,
        (status, _) => status,
    };
    Some(Admission {
        ticket: known.ticket_id.into(),
        event: known.event_id.into(),
        zone: known.zone_id.into(),
        status,
        banned: known.banned,
        type_name: known.type_name.clone(),
        holder: known.holder_name.clone(),
        attention: Some(known.attention.clone()).filter(|text| !text.is_empty()),
        admit_from: known.admit_from,
        admit_until: known.admit_until,
        entries_allowed: if known.typed {
            known.entries_allowed.and_then(|n| u16::try_from(n).ok())
        } else {
            Some(1)
        },
        rotating: known.rotating_code,
        stay: stay(known, at),
    })
}

fn stay(known: &Known, at: chrono::DateTime<chrono::Utc>) -> Stay {
    let Some(nth) = known.nth else { return Stay::Never };
    let last = FirstScan {
        at: known.last_at.unwrap_or(at),
        gate: known.last_gate_id.unwrap_or_default().into(),
        gate_name: known.last_gate_name.clone().unwrap_or_default(),
    };
    if known.inside == Some(true) {
        Stay::Inside(last)
    } else {
        Stay::Out { entries: u16::try_from(nth).unwrap_or(u16::MAX), last }
    }
}

/// Whether a supervisor could have let this person in, had the server been asked.
pub(super) const fn may_stand(reason: Reason, direction: Direction) -> bool {
    matches!(direction, Direction::Entry) && (matches!(reason, Reason::Ok) || reason.may_be_overridden())
}
