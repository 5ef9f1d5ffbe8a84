use super::*;
use crate::ticket_code::CodeKind;
use chrono::TimeDelta;
use proptest::prelude::*;

struct Door {
    code: Result<TicketCode, CodeError>,
    admission: Option<Admission>,
    gate: Gate,
    window: EntryWindow,
    now: DateTime<Utc>,
}

impl Door {
    fn open() -> Self {
        let (ticket, event, zone) = (TicketId::generate(), EventId::generate(), ZoneId::generate());
        let now = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
        Self {
            code: Ok(TicketCode { key_id: 1, kind: CodeKind::Ticket, ticket, event }),
            admission: Some(Admission {
                ticket,
                event,
                zone,
                status: TicketStatus::Valid,
                type_name: "Regular".into(),
                holder: "Ana".into(),
                attention: Some("Check ID".into()),
                admit_until: None,
                first_scan: None,
            }),
            gate: Gate { id: GateId::generate(), event, zone, name: "Main door".into() },
            window: EntryWindow { from: now - TimeDelta::hours(1), until: now + TimeDelta::hours(6) },
            now,
        }
    }
    fn ticket(&mut self) -> &mut Admission {
        self.admission.as_mut().expect("the door knows the ticket")
    }
    fn used(mut self) -> Self {
        let (at, gate) = (self.now - TimeDelta::minutes(5), self.gate.id);
        self.ticket().first_scan = Some(FirstScan { at, gate, gate_name: "Main door".into() });
        self
    }
    fn verdict(&self) -> Verdict {
        verdict(&self.code, self.admission.as_ref(), &self.gate, self.window, self.now)
    }
    fn reason(&self) -> Reason {
        self.verdict().reason
    }
}

#[test]
fn a_ticket_in_order_is_admitted_with_its_note() {
    let verdict = Door::open().verdict();
    assert_eq!((verdict.decision, verdict.reason), (Decision::Admit, Reason::Ok));
    assert_eq!(verdict.attention.as_deref(), Some("Check ID"));
}

#[test]
fn a_used_ticket_says_when_and_where() {
    let verdict = Door::open().used().verdict();
    assert_eq!((verdict.decision, verdict.reason), (Decision::Deny, Reason::AlreadyInside));
    assert_eq!(verdict.first_scan.map(|s| s.gate_name).as_deref(), Some("Main door"));
}

#[test]
fn authentic_comes_before_valid_and_valid_before_used() {
    let mut door = Door::open().used();
    door.ticket().status = TicketStatus::Refunded;
    assert_eq!(door.reason(), Reason::Refunded);
    door.code = Err(CodeError::Forged);
    assert_eq!(door.reason(), Reason::Forged);
    assert_eq!(door.verdict().attention, None, "a forgery learns nothing about the ticket it names");
    door.code = Err(CodeError::Malformed);
    assert_eq!(door.reason(), Reason::Malformed);
}

#[test]
fn each_obstacle_has_its_own_reason() {
    let mut door = Door::open();
    door.gate.zone = ZoneId::generate();
    assert_eq!(door.reason(), Reason::WrongGate);
    door = Door::open();
    door.gate.event = EventId::generate();
    assert_eq!(door.reason(), Reason::WrongEvent);
    door = Door::open();
    door.admission = None;
    assert_eq!(door.reason(), Reason::Unknown);
    door = Door::open();
    door.code = Err(CodeError::UnknownKey);
    assert_eq!(door.reason(), Reason::Forged);
    for (status, reason) in [
        (TicketStatus::Cancelled, Reason::Cancelled),
        (TicketStatus::Refunded, Reason::Refunded),
        (TicketStatus::Revoked, Reason::Revoked),
        (TicketStatus::Blocked, Reason::Blocked),
        (TicketStatus::Disputed, Reason::Disputed),
    ] {
        door = Door::open();
        door.ticket().status = status;
        assert_eq!(door.reason(), reason);
    }
}

#[test]
fn the_window_admits_its_first_instant_and_not_its_last() {
    let mut door = Door::open();
    door.now = door.window.from;
    assert_eq!(door.reason(), Reason::Ok);
    door.now = door.window.from - TimeDelta::milliseconds(1);
    assert_eq!(door.reason(), Reason::TooEarly);
    door.now = door.window.until;
    assert_eq!(door.reason(), Reason::TooLate);
}

#[test]
fn a_cut_off_admits_until_its_instant_and_not_in_it() {
    let mut door = Door::open();
    let cut_off = door.now;
    door.ticket().admit_until = Some(cut_off);
    assert_eq!(door.reason(), Reason::TooLate);
    door.now = cut_off - TimeDelta::milliseconds(1);
    assert_eq!(door.reason(), Reason::Ok);
    // It gives no longer entry than the door does.
    door.ticket().admit_until = Some(door.window.until + TimeDelta::hours(1));
    door.now = door.window.until;
    assert_eq!(door.reason(), Reason::TooLate);
    door.ticket().status = TicketStatus::Cancelled;
    assert_eq!(door.reason(), Reason::Cancelled, "what is not in order is told first");
}

#[test]
fn codes_of_reasons_are_their_own_inverse() {
    for reason in Reason::ALL {
        assert_eq!(Reason::from_code(reason.code()), Some(*reason));
    }
}

proptest! {
    /// Whatever is wrong, nobody enters who is not in order in every respect.
    #[test]
    fn only_a_ticket_in_order_enters(status in 0_usize..6, same_zone: bool, same_event: bool, used: bool, hour in -3_i64..9, cut_off in 0_i64..9, fault in 0_u8..6) {
        let mut door = Door::open();
        if used { door = door.used(); }
        door.ticket().status = TicketStatus::ALL[status];
        if !same_zone { door.gate.zone = ZoneId::generate(); }
        if !same_event { door.gate.event = EventId::generate(); }
        door.ticket().admit_until = Some(door.now + TimeDelta::hours(cut_off));
        door.now += TimeDelta::hours(hour);
        match fault {
            1 => door.code = Err(CodeError::Malformed),
            2 => door.code = Err(CodeError::Forged),
            3 => door.code = Err(CodeError::UnknownKey),
            4 => door.code = Err(CodeError::OtherMode(Mode::Test)),
            5 => door.code = Err(CodeError::OtherMode(Mode::Live)),
            _ => {}
        }
        let right = status == 0 && same_zone && same_event && !used && (-1..6_i64.min(cut_off)).contains(&hour) && fault == 0;
        prop_assert_eq!(door.verdict().decision == Decision::Admit, right);
    }
}
