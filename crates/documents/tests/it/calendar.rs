//! The night in a calendar.

use documents::{CalendarEntry, calendar};
use domain::language::Language;

use crate::{at, night, reference};

fn entry() -> CalendarEntry {
    CalendarEntry {
        language: Language::En,
        club: "Maguey".to_owned(),
        uid: "0198c0de-0000-7000-8000-000000000001@tickets.maguey.example".to_owned(),
        sequence: 3,
        night: night(),
        order: reference(),
        order_url: "https://tickets.maguey.example/orders/0198c0de?key=abc".to_owned(),
        cancelled: false,
        made_at: at("2026-11-20T10:00:00Z"),
    }
}

/// The lines as a calendar reads them: folds undone.
fn lines(file: &str) -> Vec<String> {
    file.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
}

#[track_caller]
fn assert_has(file: &str, wanted: &[&str]) {
    let lines = lines(file);
    for line in wanted {
        assert!(lines.iter().any(|found| found == line), "{line:?} is missing in {lines:#?}");
    }
}

#[test]
fn the_night_stands_on_the_venues_clock() {
    let file = calendar(&entry());
    assert!(file.starts_with("BEGIN:VCALENDAR\r\n") && file.ends_with("END:VCALENDAR\r\n"));
    assert_has(
        &file,
        &[
            "VERSION:2.0",
            "METHOD:PUBLISH",
            "UID:0198c0de-0000-7000-8000-000000000001@tickets.maguey.example",
            "SEQUENCE:3",
            "DTSTAMP:20261120T100000Z",
            "DTSTART;TZID=Europe/Madrid:20261127T220000",
            "DTEND;TZID=Europe/Madrid:20261128T060000",
            "SUMMARY:Noche de Mezcal · Maguey",
            "LOCATION:Maguey\\, Calle del Agave 12\\, 28004 Madrid",
            "STATUS:CONFIRMED",
            "TZID:Europe/Madrid",
            "TZOFFSETTO:+0100",
            "TZNAME:CET",
        ],
    );
    assert!(file.replace("\r\n ", "").contains("https://tickets.maguey.example/orders/0198c0de?key=abc"));
    assert_eq!(file.matches("BEGIN:STANDARD").count(), 1, "{file}");
    assert!(!file.contains("BEGIN:DAYLIGHT"), "{file}");
}

#[test]
fn a_night_on_which_the_clocks_change_has_both_rules() {
    let mut entry = entry();
    (entry.night.starts, entry.night.ends) = (at("2026-10-24T21:00:00Z"), at("2026-10-25T05:00:00Z"));
    let file = calendar(&entry);
    assert_has(
        &file,
        &[
            "DTSTART;TZID=Europe/Madrid:20261024T230000",
            "DTEND;TZID=Europe/Madrid:20261025T060000",
            "BEGIN:DAYLIGHT",
            "BEGIN:STANDARD",
            // The clocks go back at 03:00 summer time.
            "DTSTART:20261025T030000",
            "TZOFFSETFROM:+0200",
            "TZOFFSETTO:+0100",
        ],
    );
    (entry.night.starts, entry.night.ends) = (at("2026-03-28T22:00:00Z"), at("2026-03-29T04:00:00Z"));
    assert_has(
        &calendar(&entry),
        &["DTSTART:20260329T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "TZNAME:CEST"],
    );
}

#[test]
fn a_cancelled_night_replaces_itself() {
    let file = calendar(&CalendarEntry { cancelled: true, sequence: 4, ..entry() });
    assert_has(&file, &["STATUS:CANCELLED", "SEQUENCE:4", "SUMMARY:Cancelled: Noche de Mezcal"]);
}

#[test]
fn no_title_writes_lines_of_its_own() {
    let mut entry = entry();
    entry.night.title =
        "A\r\nATTENDEE:mailto:x@y\nEND:VEVENT, \\ ; \"q\" 🌵 BEGIN:VEVENT ".to_owned() + &"é".repeat(200);
    entry.night.venue = "V\r\nSTATUS:CANCELLED".to_owned();
    let file = calendar(&entry);
    let lines = lines(&file);
    assert!(
        !lines.iter().any(|line| line.starts_with("ATTENDEE") || line == "STATUS:CANCELLED"),
        "{lines:#?}"
    );
    assert_eq!(lines.iter().filter(|line| *line == "BEGIN:VEVENT" || *line == "END:VEVENT").count(), 2);
    assert_eq!(lines.iter().filter(|line| *line == "BEGIN:VTIMEZONE").count(), 1);
    for line in file.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(['\r', '\n']), "{line:?}");
    }
}
