//! `vectors/admission.json`: every state of a ticket at every hour, both ways through the door.
//!
//! A case is a row of names; `columns` says of what. What a name stands for is in the tables before the cases.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    admission::{Admission, Direction, EntryWindow, FirstScan, Gate, Stay, TicketStatus, Verdict, verdict},
    ids::{EventId, GateId, TicketId, ZoneId},
    mode::Mode,
    ticket_code::{CodeError, CodeKind, Step, TicketCode},
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::hold_to;

/// In the order of the rows: what is asked, then what is answered.
const COLUMNS: [&str; 18] = [
    "code",
    "ticket",
    "status",
    "banned",
    "zone",
    "attention",
    "admit_from",
    "admit_until",
    "entries_allowed",
    "rotating",
    "stay",
    "now",
    "direction",
    "full",
    "decision",
    "reason",
    "told",
    "first_scan",
];
const CODES: [&str; 7] =
    ["good", "other_event", "malformed", "forged", "unknown_key", "test_ticket", "live_ticket"];
/// Of codes that move: when they were to be shown, in steps after the instant "open", or in the step of the instant "last".
const MOVING: [&str; 7] = ["now", "one_ahead", "two_ahead", "two_ago", "three_ago", "an_hour_ago", "at_last"];
const INSTANTS: [&str; 6] = ["before_doors", "doors", "open", "cut_off", "last", "over"];
/// Where the guest is, and how often the type lets in.
const STAYS: [(&str, Option<u16>); 6] = [
    ("never", Some(1)),
    ("inside", Some(1)),
    ("out_once", Some(1)),
    ("out_once", Some(2)),
    ("out_twice", Some(2)),
    ("out_twice", None),
];
const NOTE: &str = "Check ID";

/// A case before it is judged. No `ticket`: the door has no record.
#[derive(Clone, Copy)]
struct Case {
    code: &'static str,
    ticket: Option<&'static str>,
    status: TicketStatus,
    banned: bool,
    zone: &'static str,
    attention: Option<&'static str>,
    admit_from: Option<&'static str>,
    admit_until: Option<&'static str>,
    rotating: bool,
    stay: (&'static str, Option<u16>),
    now: &'static str,
    direction: Direction,
    full: bool,
}

/// A ticket in order, at its door, in time.
const GOOD: Case = Case {
    code: "good",
    ticket: Some("own"),
    status: TicketStatus::Valid,
    banned: false,
    zone: "here",
    attention: None,
    admit_from: None,
    admit_until: None,
    rotating: false,
    stay: STAYS[0],
    now: "open",
    direction: Direction::Entry,
    full: false,
};

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0193_8000_0000_7000_8000_0000_0000_0000 + number)
}

fn event() -> EventId {
    id(1).into()
}

fn ticket(name: &str) -> TicketId {
    id(if name == "own" { 2 } else { 3 }).into()
}

fn zone(name: &str) -> ZoneId {
    id(if name == "here" { 4 } else { 5 }).into()
}

fn instant(name: &str) -> DateTime<Utc> {
    let doors = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
    let (hours, milliseconds) = match name {
        "before_doors" => (0, -1),
        "doors" => (0, 0),
        "open" => (1, 0),
        "cut_off" => (2, 0),
        "last" => (6, -1),
        _ => (6, 0),
    };
    doors + TimeDelta::hours(hours) + TimeDelta::milliseconds(milliseconds)
}

fn gate() -> Gate {
    Gate { id: GateId::from(id(6)), event: event(), zone: zone("here"), name: "Main door".into() }
}

fn window() -> EntryWindow {
    EntryWindow { from: instant("doors"), until: instant("over") }
}

fn scan() -> FirstScan {
    FirstScan {
        at: instant("doors") + TimeDelta::minutes(7),
        gate: GateId::from(id(7)),
        gate_name: "Side door".into(),
    }
}

fn stay(name: &str) -> Stay {
    match name {
        "never" => Stay::Never,
        "inside" => Stay::Inside(scan()),
        "out_once" => Stay::Out { entries: 1, last: scan() },
        _ => Stay::Out { entries: 2, last: scan() },
    }
}

fn code(name: &str) -> Result<TicketCode, CodeError> {
    let event: EventId = if name == "other_event" { id(8).into() } else { event() };
    match name {
        "malformed" => Err(CodeError::Malformed),
        "forged" => Err(CodeError::Forged),
        "unknown_key" => Err(CodeError::UnknownKey),
        "test_ticket" => Err(CodeError::OtherMode(Mode::Test)),
        "live_ticket" => Err(CodeError::OtherMode(Mode::Live)),
        _ => Ok(TicketCode {
            key_id: 1,
            kind: CodeKind::Ticket,
            ticket: ticket("own"),
            event,
            step: step(name),
        }),
    }
}

fn step(name: &str) -> Option<Step> {
    let after =
        |steps: i64| Some(Step::at(instant("open") + TimeDelta::seconds(steps * i64::from(Step::SECONDS))));
    match name {
        "now" => after(0),
        "one_ahead" => after(1),
        "two_ahead" => after(2),
        "two_ago" => after(-2),
        "three_ago" => after(-3),
        "an_hour_ago" => after(-240),
        "at_last" => Some(Step::at(instant("last"))),
        _ => None,
    }
}

impl Case {
    fn admission(&self) -> Option<Admission> {
        Some(Admission {
            ticket: ticket(self.ticket?),
            event: event(),
            zone: zone(self.zone),
            status: self.status,
            banned: self.banned,
            type_name: "Regular".into(),
            holder: "Ana".into(),
            attention: self.attention.map(Into::into),
            admit_from: self.admit_from.map(instant),
            admit_until: self.admit_until.map(instant),
            entries_allowed: self.stay.1,
            rotating: self.rotating,
            stay: stay(self.stay.0),
        })
    }

    fn verdict(&self) -> Verdict {
        let (code, admission, now) = (code(self.code), self.admission(), instant(self.now));
        verdict(&code, admission.as_ref(), &gate(), window(), now, self.direction, self.full)
    }

    fn row(&self) -> Value {
        let says = self.verdict();
        json!([
            self.code,
            self.ticket,
            self.status.code(),
            self.banned,
            self.zone,
            self.attention,
            self.admit_from,
            self.admit_until,
            self.stay.1,
            self.rotating,
            self.stay.0,
            self.now,
            self.direction.code(),
            self.full,
            says.decision.code(),
            says.reason.code(),
            says.attention,
            says.first_scan.map(|told| if told == scan() { "scan" } else { "another" }),
        ])
    }
}

/// Each of the cases with both values of a question.
fn both(cases: Vec<Case>, ask: impl Fn(&mut Case, bool)) -> Vec<Case> {
    each(cases, &[false, true], |case, answer| ask(case, *answer))
}

/// Each of the cases with every value of a question.
fn each<T>(cases: Vec<Case>, answers: &[T], ask: impl Fn(&mut Case, &T)) -> Vec<Case> {
    let mut all = Vec::with_capacity(cases.len() * answers.len());
    for case in cases {
        for answer in answers {
            let mut with = case;
            ask(&mut with, answer);
            all.push(with);
        }
    }
    all
}

/// Both ways, in an empty house and a full one.
fn both_ways(cases: Vec<Case>) -> Vec<Case> {
    let cases = each(cases, &Direction::ALL, |case, direction| case.direction = *direction);
    both(cases, |case, full| case.full = full)
}

/// Every status × ban × zone × hour × stay, both ways.
fn states() -> Vec<Case> {
    let hours = [("before_doors", None), ("open", None), ("cut_off", Some("cut_off")), ("over", None)];
    let cases = each(vec![GOOD], &TicketStatus::ALL, |case, status| case.status = *status);
    let cases = both(cases, |case, banned| case.banned = banned);
    let cases = each(cases, &["here", "elsewhere"], |case, zone| case.zone = *zone);
    let cases = each(cases, &hours, |case, (now, until)| (case.now, case.admit_until) = (*now, *until));
    both_ways(each(cases, &STAYS, |case, stay| case.stay = *stay))
}

/// Every code, whatever the door has on record.
fn codes() -> Vec<Case> {
    let cases = each(vec![GOOD], &CODES, |case, code| case.code = *code);
    let cases = each(cases, &[None, Some("own"), Some("another")], |case, ticket| case.ticket = *ticket);
    let cases = each(cases, &STAYS[..3], |case, stay| case.stay = *stay);
    both_ways(each(cases, &[None, Some(NOTE)], |case, note| case.attention = *note))
}

/// Every edge of an hour, with a cut-off and without.
fn edges() -> Vec<Case> {
    let cases = each(vec![GOOD], &INSTANTS, |case, now| case.now = *now);
    let cut_offs = [None, Some("doors"), Some("open"), Some("cut_off"), Some("over")];
    each(cases, &cut_offs, |case, until| case.admit_until = *until)
}

/// Every edge of an hour with a first moment of the ticket's own, wherever its guest is.
fn own_times() -> Vec<Case> {
    let cases = each(vec![GOOD], &INSTANTS, |case, now| case.now = *now);
    let from = [Some("doors"), Some("open"), Some("cut_off"), Some("over")];
    let cases = each(cases, &from, |case, from| case.admit_from = *from);
    let cases = each(cases, &[None, Some("cut_off")], |case, until| case.admit_until = *until);
    each(cases, &STAYS, |case, stay| case.stay = *stay)
}

/// Codes that move and one that does not, of types that ask for it and that do not, wherever the guest is.
fn moving() -> Vec<Case> {
    let codes = [&["good"][..], &MOVING].concat();
    let cases = each(vec![GOOD], &codes, |case, code| case.code = *code);
    let cases = both(cases, |case, rotating| case.rotating = rotating);
    both_ways(each(cases, &STAYS, |case, stay| case.stay = *stay))
}

/// The same at every edge of an hour: a picture is told after the hours, whatever else is true.
fn pictures() -> Vec<Case> {
    let cases = each(vec![Case { rotating: true, ..GOOD }], &INSTANTS, |case, now| case.now = *now);
    let cases = each(cases, &["good", "now", "at_last"], |case, code| case.code = *code);
    let cases = each(cases, &[None, Some("cut_off")], |case, from| case.admit_from = *from);
    let cases = each(cases, &[None, Some("cut_off")], |case, until| case.admit_until = *until);
    let timed = each(cases, &STAYS, |case, stay| case.stay = *stay);
    let refused = Case { rotating: true, attention: Some(NOTE), ..GOOD };
    let cases = each(vec![refused], &TicketStatus::ALL, |case, status| case.status = *status);
    let cases = both(cases, |case, banned| case.banned = banned);
    let cases = each(cases, &["here", "elsewhere"], |case, zone| case.zone = *zone);
    [timed, both_ways(cases)].concat()
}

fn table<T>(names: &[&str], value: impl Fn(&str) -> T) -> Value
where
    T: Into<Value>,
{
    names.iter().map(|&name| (name.to_owned(), value(name).into())).collect::<Map<_, _>>().into()
}

fn scan_json() -> Value {
    let FirstScan { at, gate, gate_name } = scan();
    json!({"at": at.timestamp_millis(), "gate": gate.uuid(), "gate_name": gate_name})
}

fn stay_json(name: &str) -> Value {
    match stay(name) {
        Stay::Never => json!("never"),
        Stay::Inside(_) => json!({"inside": scan_json()}),
        Stay::Out { entries, .. } => json!({"out": {"entries": entries, "last": scan_json()}}),
    }
}

fn code_json(name: &str) -> Value {
    code(name).map_or_else(
        |_| json!({"error": name}),
        |code| {
            let step = code.step.map(Step::number);
            json!({"ticket": code.ticket.uuid(), "event": code.event.uuid(), "step": step})
        },
    )
}

fn tables() -> Map<String, Value> {
    let (gate, window) = (gate(), window());
    let tables = [
        ("columns", json!(COLUMNS)),
        (
            "gate",
            json!({"id": gate.id.uuid(), "event": gate.event.uuid(), "zone": gate.zone.uuid(), "name": gate.name}),
        ),
        ("window", json!({"from": window.from.timestamp_millis(), "until": window.until.timestamp_millis()})),
        ("admission", json!({"event": event().uuid(), "type_name": "Regular", "holder": "Ana"})),
        ("codes", table(&[&CODES[..], &MOVING].concat(), code_json)),
        ("tickets", table(&["own", "another"], |name| ticket(name).uuid().to_string())),
        ("zones", table(&["here", "elsewhere"], |name| zone(name).uuid().to_string())),
        ("stays", table(&["never", "inside", "out_once", "out_twice"], stay_json)),
        ("instants", table(&INSTANTS, |name| instant(name).timestamp_millis())),
        ("scans", json!({"scan": scan_json()})),
    ];
    tables.into_iter().map(|(name, table)| (name.to_owned(), table)).collect()
}

#[test]
fn the_doors_twin_is_told_every_state() {
    let cases = [states(), codes(), edges(), own_times(), moving(), pictures()].concat();
    assert!(cases.len() >= 500);
    hold_to("admission.json", tables(), cases.iter().map(Case::row).collect());
}
