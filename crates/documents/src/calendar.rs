//! The night in a guest's calendar: RFC 5545, on the venue's clock.

use std::fmt::Write as _;

use chrono::{DateTime, Offset as _, TimeDelta, Utc};
use chrono_tz::{OffsetComponents as _, OffsetName as _, Tz};
use domain::language::Language;
use domain::order::OrderReference;
use icalendar::{Calendar, CalendarDateTime, Component as _, Event, EventLike as _, EventStatus, Property};
use ui::text;

use crate::Night;

/// One night in a guest's calendar.
#[derive(Debug, Clone)]
pub struct CalendarEntry {
    /// The reader's language.
    pub language: Language,
    /// The club's name.
    pub club: String,
    /// The same for every file of this order and night, so that a calendar replaces and never doubles:
    /// `<order id>@tickets.yourclub.com`.
    pub uid: String,
    /// Rises with each change of the night (its revision): a calendar keeps the highest.
    pub sequence: u32,
    /// The night.
    pub night: Night,
    /// The order.
    pub order: OrderReference,
    /// The address of the order's page, with its key.
    pub order_url: String,
    /// The night does not take place.
    pub cancelled: bool,
    /// When the file is made.
    pub made_at: DateTime<Utc>,
}

/// The file for `text/calendar; charset=utf-8; method=PUBLISH`, ending `.ics`.
pub fn calendar(entry: &CalendarEntry) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//Maguey//Tickets//EN"));
    calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
    calendar.append_property(Property::new("METHOD", "PUBLISH"));
    calendar.push(event(entry));
    // The crate writes no time zones, and RFC 5545 (3.6.5) wants the one that is named: before the event that names it.
    calendar.to_string().replacen("BEGIN:VEVENT", &format!("{}BEGIN:VEVENT", time_zone(&entry.night)), 1)
}

fn event(entry: &CalendarEntry) -> Event {
    let (lang, night) = (entry.language, &entry.night);
    let title = plain(&night.title);
    let summary = match entry.cancelled {
        true => text(lang, "documents-calendar-cancelled", &[("event", &title)]),
        false => format!("{title} · {}", plain(&entry.club)),
    };
    let about = text(
        lang,
        "documents-calendar-about",
        &[
            ("hours", &night.hours(lang)),
            ("reference", &entry.order.as_str()),
            ("url", &plain(&entry.order_url)),
        ],
    );
    let status = if entry.cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed };
    Event::with_uid(&plain(&entry.uid))
        .sequence(entry.sequence)
        .timestamp(entry.made_at)
        .starts(on_the_clock(night.starts, night.zone))
        .ends(on_the_clock(night.ends, night.zone))
        .summary(&summary)
        .description(&about)
        .location(&plain(&format!("{}, {}", night.venue, night.address)))
        .url(&plain(&entry.order_url))
        .status(status)
        .done()
}

fn on_the_clock(instant: DateTime<Utc>, zone: Tz) -> CalendarDateTime {
    CalendarDateTime::WithTimezone {
        date_time: instant.with_timezone(&zone).naive_local(),
        tzid: zone.name().to_owned(),
    }
}

/// The crate escapes commas, semicolons and line feeds; other control characters have no business in a calendar line.
pub(crate) fn plain(words: &str) -> String {
    words.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// The zone as it is between the night's start and end, which is all that this file needs: one rule, or two when the
/// clocks change in between.
fn time_zone(night: &Night) -> String {
    let zone = night.zone;
    let mut out = format!("BEGIN:VTIMEZONE\r\nTZID:{}\r\n", zone.name());
    let mut from = night.starts;
    observance(&mut out, zone, None, from);
    while let Some(change) = next_change(zone, from, night.ends) {
        observance(&mut out, zone, Some(from), change);
        from = change;
    }
    out.push_str("END:VTIMEZONE\r\n");
    out
}

/// The first minute after `from`, up to `until`, at which the zone's offset is another.
fn next_change(zone: Tz, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let offset = |at: DateTime<Utc>| at.with_timezone(&zone).offset().fix();
    let before = offset(from);
    let (mut low, mut high) = (from, from);
    // Zones change on whole hours or quarters of it, at most twice in any night: look at each quarter, then at each minute.
    while offset(high) == before {
        if high >= until {
            return None;
        }
        low = high;
        high = (high + TimeDelta::minutes(15)).min(until);
    }
    while high - low > TimeDelta::seconds(1) {
        let middle = low + (high - low) / 2;
        if offset(middle) == before { low = middle } else { high = middle }
    }
    DateTime::from_timestamp((high.timestamp() + 30).div_euclid(60) * 60, 0)
}

/// One rule: the offset that holds from `at`, `before` which another held. Without one it has always held.
fn observance(out: &mut String, zone: Tz, before: Option<DateTime<Utc>>, at: DateTime<Utc>) {
    let here = at.with_timezone(&zone);
    let to = here.offset().fix().local_minus_utc();
    let from = before.map_or(to, |before| before.with_timezone(&zone).offset().fix().local_minus_utc());
    let kind = if here.offset().dst_offset().is_zero() { "STANDARD" } else { "DAYLIGHT" };
    // The start is written on the clock that held before.
    let starts = match before {
        Some(_) => (at.naive_utc() + TimeDelta::seconds(i64::from(from))).format("%Y%m%dT%H%M%S").to_string(),
        None => "19700101T000000".to_owned(),
    };
    let name = here.offset().abbreviation().unwrap_or(zone.name());
    let _ = write!(
        out,
        "BEGIN:{kind}\r\nDTSTART:{starts}\r\nTZOFFSETFROM:{}\r\nTZOFFSETTO:{}\r\nTZNAME:{name}\r\nEND:{kind}\r\n",
        offset_text(from),
        offset_text(to),
    );
}

/// `+0100`.
fn offset_text(seconds: i32) -> String {
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs() / 60);
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}
