//! The hours of a shift, on the venue's clock.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use ui::format;

use crate::events::form::{LOCAL, instant};
use crate::events::store::EventRow;

/// The longest shift.
const LONGEST: TimeDelta = TimeDelta::hours(16);
/// So long before its doors and after its end somebody may work for a night.
const AROUND: TimeDelta = TimeDelta::hours(24);

/// From when till when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hours {
    pub(super) starts: DateTime<Utc>,
    pub(super) ends: DateTime<Utc>,
}

impl Hours {
    /// As they were typed. An end that stands before the beginning on the same day is the morning after. What is as it was stays the
    /// instant that it was, also in an hour that comes twice. The fault is the end of its text's key.
    pub(super) fn read(
        starts: &str,
        ends: &str,
        zone: Tz,
        before: Option<Self>,
    ) -> Result<Self, &'static str> {
        let as_it_was = |at: DateTime<Utc>, typed: &str| local_text(at, zone) == first_16(typed);
        let begins = match before {
            Some(before) if as_it_was(before.starts, starts) => before.starts,
            _ => {
                typed(starts)?;
                instant(starts, zone).ok_or("skipped")?
            }
        };
        let ends = match before {
            Some(before) if as_it_was(before.ends, ends) && before.ends > begins => before.ends,
            _ => end(typed(ends)?, zone, begins)?,
        };
        if ends - begins > LONGEST {
            return Err("too-long");
        }
        Ok(Self { starts: begins, ends })
    }

    /// The same hours on another night: as the clocks there show them, also where they change in between.
    pub(super) fn moved(self, from: (NaiveDate, Tz), to: (NaiveDate, Tz)) -> Option<Self> {
        let ((old, old_zone), (new, zone)) = (from, to);
        let there = |at: DateTime<Utc>| {
            let local = at.with_timezone(&old_zone).naive_local().checked_add_signed(new - old)?;
            // An hour that the clocks jump over is the next one.
            let later = local + TimeDelta::hours(1);
            let found = zone.from_local_datetime(&local).earliest();
            let found = found.or_else(|| zone.from_local_datetime(&later).earliest())?;
            Some(found.with_timezone(&Utc))
        };
        let moved = Self { starts: there(self.starts)?, ends: there(self.ends)? };
        (moved.ends > moved.starts).then_some(moved)
    }

    /// Whether they are about the time of this night.
    pub(super) fn belong_to(self, night: &EventRow) -> bool {
        self.starts >= night.starts_at - AROUND && self.ends <= night.ends_at + AROUND
    }

    /// In words: `Fri 27 Nov, 22:00 – 06:00`.
    pub(super) fn said(self, lang: Language, zone: Tz) -> String {
        let until = format::time(lang, self.ends, zone);
        format!("{} – {until}", format::date_time(lang, self.starts, zone))
    }
}

/// A time as `<input type="datetime-local">` speaks it.
pub(super) fn local_text(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format(LOCAL).to_string()
}

fn first_16(text: &str) -> &str {
    text.get(..16).unwrap_or(text)
}

fn typed(text: &str) -> Result<NaiveDateTime, &'static str> {
    NaiveDateTime::parse_from_str(first_16(text), LOCAL).map_err(|_| "time")
}

/// The first instant after the beginning that the clock shows so.
fn end(typed: NaiveDateTime, zone: Tz, begins: DateTime<Utc>) -> Result<DateTime<Utc>, &'static str> {
    if zone.from_local_datetime(&typed).earliest().is_none() {
        return Err("skipped");
    }
    let same_day = typed.date() == begins.with_timezone(&zone).date_naive();
    let next_day = typed.checked_add_days(Days::new(1)).filter(|_| same_day);
    for local in [Some(typed), next_day].into_iter().flatten() {
        let found = zone.from_local_datetime(&local);
        for at in [found.earliest(), found.latest()].into_iter().flatten() {
            let at = at.with_timezone(&Utc);
            if at > begins {
                return Ok(at);
            }
        }
    }
    Err("backwards")
}

#[cfg(test)]
mod tests {
    use super::Hours;
    use chrono::{DateTime, NaiveDate, Utc};
    use chrono_tz::Europe::Madrid;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a literal instant")
    }

    fn hours(starts: &str, ends: &str) -> Result<i64, &'static str> {
        Hours::read(starts, ends, Madrid, None).map(|hours| (hours.ends - hours.starts).num_hours())
    }

    #[test]
    fn a_shift_crosses_midnight_and_nights_on_which_the_clocks_change() {
        assert_eq!(hours("2026-11-27T22:00", "2026-11-28T06:00"), Ok(8));
        assert_eq!(hours("2026-11-27T22:00", "2026-11-27T06:00"), Ok(8), "the morning after is meant");
        assert_eq!(hours("2026-03-28T22:00", "2026-03-29T06:00"), Ok(7), "an hour is skipped");
        assert_eq!(hours("2026-10-24T22:00", "2026-10-25T06:00"), Ok(9), "an hour comes twice");
        assert_eq!(hours("2026-03-29T02:30", "2026-03-29T06:00"), Err("skipped"));
        assert_eq!(hours("2026-03-28T22:00", "2026-03-29T02:30"), Err("skipped"));
        assert_eq!(hours("2026-11-27T22:00", "2026-11-26T23:00"), Err("backwards"));
        assert_eq!(hours("2026-11-27T10:00", "2026-11-28T06:00"), Err("too-long"));
        assert_eq!(hours("tonight", "2026-11-28T06:00"), Err("time"));
    }

    #[test]
    fn what_is_as_it_was_stays_in_the_second_of_two_hours() {
        let second = Hours { starts: at("2026-10-25T01:30:00Z"), ends: at("2026-10-25T05:00:00Z") };
        let read = Hours::read("2026-10-25T02:30", "2026-10-25T06:00", Madrid, Some(second));
        assert_eq!(read, Ok(second));
        let anew = Hours::read("2026-10-25T02:30", "2026-10-25T06:00", Madrid, None).expect("hours");
        assert_eq!(anew.starts, at("2026-10-25T00:30:00Z"), "typed anew it is the first");
    }

    #[test]
    fn a_copy_shows_the_same_hours_on_the_clock() {
        let date = |month, day| NaiveDate::from_ymd_opt(2026, month, day).expect("a date");
        let winter = Hours { starts: at("2026-03-21T21:00:00Z"), ends: at("2026-03-22T05:00:00Z") };
        let copy = winter.moved((date(3, 21), Madrid), (date(3, 28), Madrid)).expect("a copy");
        assert_eq!(
            copy,
            Hours { starts: at("2026-03-28T21:00:00Z"), ends: at("2026-03-29T04:00:00Z") },
            "22:00 till 06:00, seven hours"
        );
        let late = Hours { starts: at("2026-03-22T01:30:00Z"), ends: at("2026-03-22T05:00:00Z") };
        let copy = late.moved((date(3, 21), Madrid), (date(3, 28), Madrid)).expect("a copy");
        assert_eq!(copy.starts, at("2026-03-29T01:30:00Z"), "02:30 is none: 03:30");
    }
}
