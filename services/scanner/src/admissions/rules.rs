//! The verdict for every state in which a ticket can be found, folded to what matters.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    admission::{Admission, Direction, FirstScan, Reason, Stay, TicketStatus, verdict},
    event::EventStatus,
    ids::{TicketId, ZoneId},
    ticket_code::{CodeError, TicketCode},
};
use uuid::Uuid;

use crate::door::GatePlan;

/// Either the reason that the code alone decides, or the reason for each state of the ticket it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rules {
    /// Not one of ours, or for another event: the ticket's record does not matter.
    Settled(Reason),
    /// What the ticket's record decides.
    ByState {
        /// `unknown`, or the beginning of a state that decides → reason. A state is for an entry
        /// `<status>/<free|banned>/<here|elsewhere>/<early|open|over>/<never|inside|out_free|out_spent>/<still|moves>`, and for an exit
        /// `<place>/<stay>/<status>/<person>/<time>/<code>`: what matters first stands first, and the table stays small.
        reasons: BTreeMap<String, &'static str>,
        /// Instead of `ok`, where as many are inside as may be.
        full: Reason,
    },
}

/// One thing about a ticket that a verdict may depend on.
#[derive(Debug, Clone, Copy)]
enum Part {
    Status,
    Person,
    Place,
    Time,
    Stay,
    Code,
}

/// What kind of code the type has stands last: it matters to the codes alone that are not the present ones.
const ENTRY: [Part; 6] = [Part::Status, Part::Person, Part::Place, Part::Time, Part::Stay, Part::Code];
const EXIT: [Part; 6] = [Part::Place, Part::Stay, Part::Status, Part::Person, Part::Time, Part::Code];

/// A state in which a ticket can be found.
#[derive(Debug, Clone, Copy)]
struct Found {
    status: TicketStatus,
    banned: bool,
    elsewhere: bool,
    time: Time,
    stay: Whereabouts,
    rotating: bool,
}

/// Whether it is the ticket's own time.
#[derive(Debug, Clone, Copy)]
enum Time {
    Early,
    Open,
    Over,
}

/// Where a ticket's guest is; `Out…` says whether its type lets them come in again.
#[derive(Debug, Clone, Copy)]
enum Whereabouts {
    Never,
    Inside,
    OutFree,
    OutSpent,
}

impl Found {
    /// A good ticket that nobody has used.
    const FRESH: Self = Self {
        status: TicketStatus::Valid,
        banned: false,
        elsewhere: false,
        time: Time::Open,
        stay: Whereabouts::Never,
        rotating: false,
    };
}

impl Part {
    /// The state with each value of this part, under the value's name in SQL.
    fn values(self, found: Found) -> Vec<(&'static str, Found)> {
        match self {
            Self::Status => {
                TicketStatus::ALL.map(|status| (status.code(), Found { status, ..found })).to_vec()
            }
            Self::Person => [("free", false), ("banned", true)]
                .map(|(name, banned)| (name, Found { banned, ..found }))
                .to_vec(),
            Self::Place => [("here", false), ("elsewhere", true)]
                .map(|(name, elsewhere)| (name, Found { elsewhere, ..found }))
                .to_vec(),
            Self::Time => [("early", Time::Early), ("open", Time::Open), ("over", Time::Over)]
                .map(|(name, time)| (name, Found { time, ..found }))
                .to_vec(),
            Self::Stay => [
                ("never", Whereabouts::Never),
                ("inside", Whereabouts::Inside),
                ("out_free", Whereabouts::OutFree),
                ("out_spent", Whereabouts::OutSpent),
            ]
            .map(|(name, stay)| (name, Found { stay, ..found }))
            .to_vec(),
            Self::Code => [("still", false), ("moves", true)]
                .map(|(name, rotating)| (name, Found { rotating, ..found }))
                .to_vec(),
        }
    }
}

/// Asks the domain about every state, and keeps of each as much as its reason depends on.
pub fn rules(
    code: &Result<TicketCode, CodeError>,
    plan: &GatePlan,
    now: DateTime<Utc>,
    direction: Direction,
) -> Rules {
    let unknown = verdict(code, None, &plan.gate, plan.window, now, direction, false).reason;
    let ticket = match code {
        Ok(code) if unknown == Reason::Unknown => code.ticket,
        _ => return Rules::Settled(unknown),
    };
    let ask = |found: Found, full: bool| {
        let admission = admission(ticket, plan, now, found);
        verdict(code, Some(&admission), &plan.gate, plan.window, now, direction, full).reason
    };
    // With the state of those who are let through: it is theirs that a full house changes, and it keeps nobody from leaving.
    let (order, through) = match direction {
        Direction::Entry => (ENTRY, Found::FRESH),
        Direction::Exit => (EXIT, Found { stay: Whereabouts::Inside, ..Found::FRESH }),
    };
    let mut reasons = BTreeMap::from([("unknown".to_owned(), unknown.code())]);
    for (name, found) in order[0].values(Found::FRESH) {
        if let Some(reason) =
            fold(&order[1..], &mut vec![name], found, &|found| ask(found, false), &mut reasons)
        {
            reasons.insert(name.to_owned(), reason.code());
        }
    }
    Rules::ByState { reasons, full: ask(through, true) }
}

/// The reason of all states that begin with `path`, if it is one; else writes what they differ in.
///
/// There are hundreds of states and a dozen lines, for each scan: names are put together for the lines alone.
fn fold(
    parts: &[Part],
    path: &mut Vec<&'static str>,
    found: Found,
    ask: &impl Fn(Found) -> Reason,
    reasons: &mut BTreeMap<String, &'static str>,
) -> Option<Reason> {
    let Some((part, rest)) = parts.split_first() else { return Some(ask(found)) };
    let mut below = Vec::new();
    for (value, found) in part.values(found) {
        path.push(value);
        below.push((value, fold(rest, path, found, ask, reasons)));
        path.pop();
    }
    let first = below.first().and_then(|(_, reason)| *reason);
    if first.is_some() && below.iter().all(|(_, reason)| *reason == first) {
        return first;
    }
    for (value, reason) in below {
        if let Some(reason) = reason {
            path.push(value);
            reasons.insert(path.join("/"), reason.code());
            path.pop();
        }
    }
    None
}

fn admission(ticket: TicketId, plan: &GatePlan, now: DateTime<Utc>, found: Found) -> Admission {
    let last = || FirstScan { at: now, gate: plan.gate.id, gate_name: String::new() };
    let (stay, entries_allowed) = match found.stay {
        Whereabouts::Never => (Stay::Never, Some(1)),
        Whereabouts::Inside => (Stay::Inside(last()), Some(1)),
        Whereabouts::OutFree => (Stay::Out { entries: 1, last: last() }, None),
        Whereabouts::OutSpent => (Stay::Out { entries: 1, last: last() }, Some(1)),
    };
    Admission {
        ticket,
        event: plan.gate.event,
        zone: if found.elsewhere { ZoneId::from_uuid(Uuid::max()) } else { plan.gate.zone },
        status: effective(found.status, plan.status),
        banned: found.banned,
        type_name: String::new(),
        holder: String::new(),
        attention: None,
        admit_from: matches!(found.time, Time::Early).then(|| now + TimeDelta::milliseconds(1)),
        admit_until: matches!(found.time, Time::Over).then_some(now),
        entries_allowed,
        rotating: found.rotating,
        stay,
    }
}

/// When the night is called off, its tickets are, whether purchase has said so yet or not.
fn effective(status: TicketStatus, event: EventStatus) -> TicketStatus {
    match (status, event) {
        (TicketStatus::Valid, EventStatus::Cancelled) => TicketStatus::Cancelled,
        (status, _) => status,
    }
}

#[cfg(test)]
mod tests;
