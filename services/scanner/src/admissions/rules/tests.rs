use chrono::TimeZone;
use domain::{
    admission::{EntryWindow, Gate},
    ids::{EventId, GateId, TicketId},
    mode::Mode,
    ticket_code::{CodeKind, Step},
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
    Ok(TicketCode { key_id: 1, kind: CodeKind::Ticket, ticket: TicketId::generate(), event, step: None })
}

/// The present one of the codes that move.
fn fresh(event: EventId) -> Result<TicketCode, CodeError> {
    code(event).map(|code| TicketCode { step: Some(Step::at(now())), ..code })
}

fn table(rules: Rules) -> BTreeMap<String, &'static str> {
    match rules {
        Rules::Settled(reason) => panic!("settled {}", reason.code()),
        Rules::ByState { reasons, .. } => reasons,
    }
}

#[test]
fn a_code_that_is_not_for_this_night_is_settled_without_the_record() {
    let plan = plan();
    for direction in Direction::ALL {
        let settled = |code| rules(&code, &plan, now(), direction);
        assert_eq!(settled(Err(CodeError::Malformed)), Rules::Settled(Reason::Malformed));
        assert_eq!(settled(Err(CodeError::UnknownKey)), Rules::Settled(Reason::Forged));
        for (mode, reason) in [(Mode::Test, Reason::TestTicket), (Mode::Live, Reason::LiveTicket)] {
            assert_eq!(settled(Err(CodeError::OtherMode(mode))), Rules::Settled(reason));
        }
        assert_eq!(settled(code(EventId::generate())), Rules::Settled(Reason::WrongEvent));
    }
}

#[test]
fn an_entry_s_table_says_no_more_than_matters() {
    let plan = plan();
    let rules = rules(&fresh(plan.gate.event), &plan, now(), Direction::Entry);
    assert!(matches!(rules, Rules::ByState { full: Reason::Full, .. }));
    let expected = [
        ("unknown", "unknown"),
        ("cancelled", "cancelled"),
        ("refunded", "refunded"),
        ("revoked", "revoked"),
        ("blocked", "blocked"),
        ("disputed", "disputed"),
        ("valid/banned", "banned"),
        ("valid/free/elsewhere", "wrong_gate"),
        ("valid/free/here/early", "too_early"),
        ("valid/free/here/over/never", "too_late"),
        ("valid/free/here/over/inside", "already_inside"),
        ("valid/free/here/over/out_free", "ok"),
        ("valid/free/here/over/out_spent", "no_reentry"),
        ("valid/free/here/open/never", "ok"),
        ("valid/free/here/open/inside", "already_inside"),
        ("valid/free/here/open/out_free", "ok"),
        ("valid/free/here/open/out_spent", "no_reentry"),
    ];
    assert_eq!(table(rules), BTreeMap::from(expected.map(|(state, reason)| (state.to_owned(), reason))));
}

#[test]
fn a_code_that_is_not_the_present_one_asks_of_the_type_as_well() {
    let plan = plan();
    let asked = code(plan.gate.event);
    let rules = table(rules(&asked, &plan, now(), Direction::Entry));
    let expected = [
        ("over/never", "too_late"),
        ("over/inside/still", "already_inside"),
        ("over/inside/moves", "stale_code"),
        ("open/never/still", "ok"),
        ("open/never/moves", "stale_code"),
        ("open/out_spent/still", "no_reentry"),
        ("open/out_spent/moves", "stale_code"),
        ("early", "too_early"),
    ];
    for (state, reason) in expected {
        assert_eq!(rules.get(&format!("valid/free/here/{state}")), Some(&reason), "{state}");
    }
    assert_eq!((rules["blocked"], rules["valid/banned"]), ("blocked", "banned"));
}

#[test]
fn an_exit_s_table_asks_where_and_whether_inside_alone() {
    let plan = plan();
    let rules = rules(&code(plan.gate.event), &plan, now() + TimeDelta::hours(9), Direction::Exit);
    assert!(matches!(rules, Rules::ByState { full: Reason::Ok, .. }));
    let expected = [
        ("unknown", "unknown"),
        ("elsewhere", "wrong_gate"),
        ("here/never", "not_inside"),
        ("here/inside", "ok"),
        ("here/out_free", "not_inside"),
        ("here/out_spent", "not_inside"),
    ];
    assert_eq!(table(rules), BTreeMap::from(expected.map(|(state, reason)| (state.to_owned(), reason))));
}

#[test]
fn outside_the_window_and_on_a_cancelled_night_nobody_comes_in() {
    let mut plan = plan();
    let at = |plan: &GatePlan, now| table(rules(&code(plan.gate.event), plan, now, Direction::Entry));
    assert_eq!(at(&plan, now() - TimeDelta::hours(3))["valid/free/here"], "too_early");
    assert_eq!(at(&plan, now() + TimeDelta::hours(3))["valid/free/here"], "too_late");
    plan.status = EventStatus::Cancelled;
    assert_eq!(at(&plan, now())["valid"], "cancelled");
}
