//! The verdict for every state in which a ticket can be found.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    admission::{Admission, FirstScan, Reason, TicketStatus, verdict},
    event::EventStatus,
    ids::ZoneId,
    ticket_code::{CodeError, TicketCode},
};
use uuid::Uuid;

use crate::door::GatePlan;

/// Either the reason that the code alone decides, or the reason for each state of the ticket it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rules {
    /// Not one of ours, or for another event: the ticket's record does not matter.
    Settled(Reason),
    /// `unknown`, or `<status>/<here|elsewhere>/<open|over>/<fresh|used>` → reason.
    ByState(BTreeMap<String, &'static str>),
}

/// Asks the domain about every state. Statuses × zones × cut-offs × uses are forty-eight, plus the ticket that nobody knows.
pub fn rules(code: &Result<TicketCode, CodeError>, plan: &GatePlan, now: DateTime<Utc>) -> Rules {
    let unknown = verdict(code, None, &plan.gate, plan.window, now).reason;
    let ticket = match code {
        Ok(code) if unknown == Reason::Unknown => code.ticket,
        _ => return Rules::Settled(unknown),
    };
    let mut reasons = BTreeMap::from([("unknown".to_owned(), unknown.code())]);
    let another_zone = ZoneId::from_uuid(Uuid::max());
    let used = FirstScan { at: now, gate: plan.gate.id, gate_name: String::new() };
    for status in TicketStatus::ALL {
        for (place, zone) in [("here", plan.gate.zone), ("elsewhere", another_zone)] {
            for (time, admit_until) in [("open", None), ("over", Some(now))] {
                for (use_, first_scan) in [("fresh", None), ("used", Some(&used))] {
                    let admission = Admission {
                        ticket,
                        event: plan.gate.event,
                        zone,
                        status: effective(status, plan.status),
                        type_name: String::new(),
                        holder: String::new(),
                        attention: None,
                        admit_until,
                        first_scan: first_scan.cloned(),
                    };
                    let reason = verdict(code, Some(&admission), &plan.gate, plan.window, now).reason;
                    reasons.insert(format!("{}/{place}/{time}/{use_}", status.code()), reason.code());
                }
            }
        }
    }
    Rules::ByState(reasons)
}

/// When the night is called off, its tickets are, whether purchase has said so yet or not.
fn effective(status: TicketStatus, event: EventStatus) -> TicketStatus {
    match (status, event) {
        (TicketStatus::Valid, EventStatus::Cancelled) => TicketStatus::Cancelled,
        (status, _) => status,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};
    use domain::{
        admission::{EntryWindow, Gate},
        ids::{EventId, GateId, TicketId},
        mode::Mode,
        ticket_code::CodeKind,
    };

    use super::*;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 21, 0, 30, 0).single().unwrap()
    }

    fn plan() -> GatePlan {
        let (event, zone) = (EventId::generate(), ZoneId::generate());
        GatePlan {
            gate: Gate { id: GateId::generate(), event, zone, name: "Main door".into() },
            slug: "friday".into(),
            status: EventStatus::Published,
            window: EntryWindow { from: now() - TimeDelta::hours(2), until: now() + TimeDelta::hours(3) },
            time_zone: chrono_tz::Europe::Madrid,
        }
    }

    fn code(event: EventId) -> Result<TicketCode, CodeError> {
        Ok(TicketCode { key_id: 1, kind: CodeKind::Ticket, ticket: TicketId::generate(), event })
    }

    fn reason(rules: &Rules, state: &str) -> String {
        match rules {
            Rules::Settled(reason) => format!("settled {}", reason.code()),
            Rules::ByState(reasons) => reasons[state].to_owned(),
        }
    }

    #[test]
    fn a_code_that_is_not_for_this_night_is_settled_without_the_record() {
        let plan = plan();
        assert_eq!(rules(&Err(CodeError::Malformed), &plan, now()), Rules::Settled(Reason::Malformed));
        assert_eq!(rules(&Err(CodeError::UnknownKey), &plan, now()), Rules::Settled(Reason::Forged));
        for (mode, reason) in [(Mode::Test, Reason::TestTicket), (Mode::Live, Reason::LiveTicket)] {
            assert_eq!(rules(&Err(CodeError::OtherMode(mode)), &plan, now()), Rules::Settled(reason));
        }
        assert_eq!(rules(&code(EventId::generate()), &plan, now()), Rules::Settled(Reason::WrongEvent));
    }

    #[test]
    fn only_a_valid_fresh_ticket_at_its_own_gate_comes_in() {
        let plan = plan();
        let Rules::ByState(reasons) = rules(&code(plan.gate.event), &plan, now()) else {
            panic!("not settled")
        };
        assert_eq!(reasons.len(), 1 + 6 * 2 * 2 * 2);
        let admitted: Vec<_> =
            reasons.iter().filter(|(_, reason)| **reason == "ok").map(|(state, _)| state).collect();
        assert_eq!(admitted, ["valid/here/open/fresh"]);
        assert_eq!(reasons["valid/here/open/used"], "already_inside");
        assert_eq!(reasons["valid/here/over/fresh"], "too_late");
        assert_eq!(reasons["refunded/here/over/used"], "refunded");
        assert_eq!(reasons["disputed/here/open/used"], "disputed");
        assert_eq!(reasons["valid/elsewhere/open/fresh"], "wrong_gate");
    }

    #[test]
    fn outside_the_window_and_on_a_cancelled_night_nobody_comes_in() {
        let mut plan = plan();
        let early = rules(&code(plan.gate.event), &plan, now() - TimeDelta::hours(3));
        assert_eq!(reason(&early, "valid/here/open/fresh"), "too_early");
        let late = rules(&code(plan.gate.event), &plan, now() + TimeDelta::hours(3));
        assert_eq!(reason(&late, "valid/here/open/fresh"), "too_late");
        plan.status = EventStatus::Cancelled;
        assert_eq!(
            reason(&rules(&code(plan.gate.event), &plan, now()), "valid/here/open/fresh"),
            "cancelled"
        );
    }
}
