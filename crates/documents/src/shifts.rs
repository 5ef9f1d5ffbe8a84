//! Somebody's shifts for their calendar: RFC 5545. Instants in UTC, which every calendar shows on its reader's clock.

use chrono::{DateTime, Utc};
use icalendar::{Calendar, CalendarDateTime, Component as _, Event, EventLike as _, EventStatus, Property};

use crate::calendar::plain;

/// A shift in somebody's calendar.
#[derive(Debug, Clone)]
pub struct CalendarShift {
    /// The same in every file, so that a calendar replaces and never doubles.
    pub uid: String,
    /// Rises with each change: a calendar keeps the highest.
    pub sequence: u32,
    /// From when.
    pub starts: DateTime<Utc>,
    /// Till when.
    pub ends: DateTime<Utc>,
    /// What the calendar calls it.
    pub title: String,
    /// The venue.
    pub place: String,
    /// What there is to know; may be empty.
    pub note: String,
    /// The night does not take place.
    pub cancelled: bool,
}

/// The file for `text/calendar; charset=utf-8; method=PUBLISH`, ending `.ics`.
pub fn shifts_calendar(shifts: &[CalendarShift], made_at: DateTime<Utc>) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//Maguey//Shifts//EN"));
    calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
    calendar.append_property(Property::new("METHOD", "PUBLISH"));
    for shift in shifts {
        calendar.push(event(shift, made_at));
    }
    calendar.to_string()
}

fn event(shift: &CalendarShift, made_at: DateTime<Utc>) -> Event {
    let status = if shift.cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed };
    Event::with_uid(&plain(&shift.uid))
        .sequence(shift.sequence)
        .timestamp(made_at)
        .starts(CalendarDateTime::Utc(shift.starts))
        .ends(CalendarDateTime::Utc(shift.ends))
        .summary(&plain(&shift.title))
        .description(&plain(&shift.note))
        .location(&plain(&shift.place))
        .status(status)
        .done()
}

#[cfg(test)]
mod tests {
    use super::{CalendarShift, shifts_calendar};
    use chrono::{DateTime, Utc};

    #[test]
    fn every_shift_is_an_event_at_its_instant() {
        let at = |text: &str| -> DateTime<Utc> { text.parse().expect("a literal instant") };
        let shift = |uid: &str, cancelled| CalendarShift {
            uid: uid.to_owned(),
            sequence: 2,
            starts: at("2026-11-27T21:00:00Z"),
            ends: at("2026-11-28T05:00:00Z"),
            title: "Main gate, left".to_owned(),
            place: "Maguey".to_owned(),
            note: String::new(),
            cancelled,
        };
        let shifts = [shift("a@club.test", false), shift("b@club.test", true)];
        let file = shifts_calendar(&shifts, at("2026-11-20T12:00:00Z"));
        assert_eq!(file.matches("BEGIN:VEVENT").count(), 2, "{file}");
        for said in [
            "DTSTART:20261127T210000Z",
            "DTEND:20261128T050000Z",
            "SUMMARY:Main gate\\, left",
            "UID:a@club.test",
            "SEQUENCE:2",
            "STATUS:CANCELLED",
        ] {
            assert!(file.contains(said), "{said} in {file}");
        }
    }
}
