use super::*;
use crate::ids::{EventId, GateId, TicketId, ZoneId};
use crate::ticket_code::CodeKind;
use chrono::TimeDelta;

mod any;

#[derive(Debug)]
struct Door {
    code: Result<TicketCode, CodeError>,
    admission: Option<Admission>,
    gate: Gate,
    window: EntryWindow,
    now: DateTime<Utc>,
    direction: Direction,
    full: bool,
}

impl Door {
    fn open() -> Self {
        let (ticket, event, zone) = (TicketId::generate(), EventId::generate(), ZoneId::generate());
        let now = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
        Self {
            code: Ok(TicketCode { key_id: 1, kind: CodeKind::Ticket, ticket, event, step: None }),
            admission: Some(Admission {
                ticket,
                event,
                zone,
                status: TicketStatus::Valid,
                type_name: "Regular".into(),
                holder: "Ana".into(),
                attention: Some("Check ID".into()),
                banned: false,
                admit_from: None,
                admit_until: None,
                entries_allowed: Some(1),
                rotating: false,
                stay: Stay::Never,
            }),
            gate: Gate { id: GateId::generate(), event, zone, name: "Main door".into() },
            window: EntryWindow { from: now - TimeDelta::hours(1), until: now + TimeDelta::hours(6) },
            now,
            direction: Direction::Entry,
            full: false,
        }
    }
    fn ticket(&mut self) -> &mut Admission {
        self.admission.as_mut().expect("the door knows the ticket")
    }
    fn scan(&self) -> FirstScan {
        FirstScan { at: self.now - TimeDelta::minutes(5), gate: self.gate.id, gate_name: "Main door".into() }
    }
    fn used(mut self) -> Self {
        let scan = self.scan();
        self.ticket().stay = Stay::Inside(scan);
        self
    }
    /// Came in so many times, and went out each time.
    fn out(mut self, entries: u16) -> Self {
        let last = self.scan();
        self.ticket().stay = Stay::Out { entries, last };
        self
    }
    /// Of a type whose codes move, with the code that was shown so many seconds ago, or with none that moves.
    fn rotating(mut self, shown: Option<i64>) -> Self {
        self.ticket().rotating = true;
        self.showing(shown)
    }
    fn showing(mut self, shown: Option<i64>) -> Self {
        let step = shown.map(|ago| Step::at(self.now - TimeDelta::seconds(ago)));
        self.code = self.code.map(|code| TicketCode { step, ..code });
        self
    }
    fn leaving(mut self) -> Self {
        self.direction = Direction::Exit;
        self
    }
    fn verdict(&self) -> Verdict {
        let admission = self.admission.as_ref();
        verdict(&self.code, admission, &self.gate, self.window, self.now, self.direction, self.full)
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
fn a_ticket_s_own_first_moment_comes_after_the_doors() {
    let mut door = Door::open();
    let from = door.now;
    door.ticket().admit_from = Some(from);
    assert_eq!(door.reason(), Reason::Ok);
    door.now = from - TimeDelta::milliseconds(1);
    assert_eq!(door.reason(), Reason::TooEarly);
    door = door.used();
    assert_eq!(door.reason(), Reason::TooEarly);
    // It opens no door before its time, and none after.
    door.ticket().admit_from = Some(door.window.until + TimeDelta::hours(1));
    door.now = door.window.until;
    assert_eq!(door.reason(), Reason::TooLate);
}

#[test]
fn a_cut_off_is_for_the_first_entry_alone() {
    let mut door = Door::open().out(1);
    let now = door.now;
    door.ticket().admit_until = Some(now);
    assert_eq!(door.reason(), Reason::NoReentry, "it is not the hour that keeps them out");
    door.ticket().entries_allowed = None;
    assert_eq!(door.reason(), Reason::Ok, "who was in by then comes in again");
    assert_eq!(Door { full: true, ..door }.reason(), Reason::Full);
    let mut inside = Door::open().used();
    inside.ticket().admit_until = Some(now - TimeDelta::hours(1));
    assert_eq!(inside.reason(), Reason::AlreadyInside);
    let mut late = Door::open().out(1);
    late.ticket().entries_allowed = None;
    late.now = late.window.until;
    assert_eq!(late.reason(), Reason::TooLate, "the doors' own end is for all");
}

#[test]
fn who_went_out_comes_in_again_as_often_as_the_type_allows() {
    let again = |entries, allowed| {
        let mut door = Door::open().out(entries);
        door.ticket().entries_allowed = allowed;
        door
    };
    assert_eq!(again(1, Some(1)).reason(), Reason::NoReentry);
    assert_eq!(again(1, Some(2)).reason(), Reason::Ok);
    assert_eq!(again(2, Some(2)).reason(), Reason::NoReentry);
    assert_eq!(again(400, None).reason(), Reason::Ok);
    let told = again(2, Some(2)).verdict().first_scan;
    assert_eq!(told.map(|scan| scan.gate_name).as_deref(), Some("Main door"));
    assert_eq!(again(1, None).verdict().first_scan, None, "who may come in is asked nothing");
    let mut passed_back = Door::open().used();
    passed_back.ticket().entries_allowed = None;
    assert_eq!(passed_back.reason(), Reason::AlreadyInside, "out first, then in again");
}

#[test]
fn a_picture_of_a_code_that_moves_lets_nobody_in() {
    for (ago, reason) in [
        (Some(0), Reason::Ok),
        (Some(30), Reason::Ok),
        (Some(31), Reason::StaleCode),
        (Some(3600), Reason::StaleCode),
        (Some(-15), Reason::Ok),
        (Some(-30), Reason::StaleCode),
        (None, Reason::StaleCode),
    ] {
        assert_eq!(Door::open().rotating(ago).reason(), reason, "shown {ago:?} s ago");
        assert_eq!(Door::open().showing(ago).reason(), Reason::Ok, "where it need not move, nobody asks");
        assert_eq!(Door::open().rotating(ago).used().leaving().reason(), Reason::Ok, "nor of who leaves");
    }
    let told = Door::open().rotating(None).used().verdict();
    assert_eq!(
        (told.reason, told.first_scan),
        (Reason::StaleCode, None),
        "a picture learns of no earlier scan"
    );
    assert_eq!(told.attention.as_deref(), Some("Check ID"));
}

#[test]
fn a_picture_is_told_after_the_hours_and_before_where_its_guest_is() {
    let picture = || Door::open().rotating(Some(3600));
    let mut door = picture();
    door.full = true;
    assert_eq!(door.reason(), Reason::StaleCode);
    door = door.out(1);
    assert_eq!(door.reason(), Reason::StaleCode);
    door = door.used();
    assert_eq!(door.reason(), Reason::StaleCode);
    door.now = door.window.until;
    assert_eq!(door.reason(), Reason::TooLate);
    door = picture();
    let cut_off = door.now;
    door.ticket().admit_until = Some(cut_off);
    assert_eq!(door.reason(), Reason::TooLate);
    door = door.used();
    assert_eq!(door.reason(), Reason::StaleCode, "not late, who was in by then");
    door.ticket().banned = true;
    assert_eq!(door.reason(), Reason::Banned);
    door.ticket().status = TicketStatus::Refunded;
    assert_eq!(door.reason(), Reason::Refunded);
}

#[test]
fn nobody_is_kept_inside() {
    let mut door = Door::open().used().leaving();
    door.ticket().status = TicketStatus::Blocked;
    door.ticket().banned = true;
    door.full = true;
    door.now = door.window.until;
    assert_eq!((door.verdict().decision, door.reason()), (Decision::Admit, Reason::Ok));
    door.gate.zone = ZoneId::generate();
    assert_eq!(door.reason(), Reason::WrongGate);
    door.code = Err(CodeError::Forged);
    assert_eq!(door.reason(), Reason::Forged);
}

#[test]
fn nobody_leaves_who_is_not_inside() {
    assert_eq!(Door::open().leaving().reason(), Reason::NotInside);
    let gone = Door::open().out(1).leaving().verdict();
    assert_eq!((gone.reason, gone.first_scan), (Reason::NotInside, None));
}

#[test]
fn a_full_house_is_the_last_thing_said() {
    let mut door = Door::open();
    door.full = true;
    assert_eq!(door.reason(), Reason::Full);
    door = door.used();
    assert_eq!(door.reason(), Reason::AlreadyInside);
    door = door.out(1);
    assert_eq!(door.reason(), Reason::NoReentry);
    door.ticket().entries_allowed = None;
    assert_eq!(door.reason(), Reason::Full);
}

#[test]
fn who_is_banned_hears_it_before_the_door_and_the_hour() {
    let mut door = Door::open();
    door.ticket().banned = true;
    door.gate.zone = ZoneId::generate();
    door.now = door.window.until;
    assert_eq!(door.reason(), Reason::Banned);
    door.ticket().status = TicketStatus::Refunded;
    assert_eq!(door.reason(), Reason::Refunded);
}

#[test]
fn the_record_of_another_ticket_says_nothing_of_this_one() {
    let mut door = Door::open();
    door.ticket().ticket = TicketId::generate();
    assert_eq!((door.reason(), door.verdict().attention), (Reason::Unknown, None));
}

#[test]
fn codes_are_their_own_inverse() {
    for reason in Reason::ALL {
        assert_eq!(Reason::from_code(reason.code()), Some(*reason));
    }
    for direction in Direction::ALL {
        assert_eq!(Direction::from_code(direction.code()), Some(direction));
    }
    assert_eq!(Direction::from_code("out"), None);
}

#[test]
fn no_supervisor_overrides_what_nobody_can_know_or_was_given_back() {
    let overridden: Vec<_> =
        Reason::ALL.iter().filter(|reason| reason.may_be_overridden()).map(|reason| reason.code()).collect();
    let expected = "already_inside no_reentry full unpaid unapproved blocked disputed banned wrong_gate too_early too_late stale_code";
    assert_eq!(overridden.join(" "), expected);
}
