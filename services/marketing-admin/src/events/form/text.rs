//! Times and amounts as people type them.

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

/// What `<input type="datetime-local">` speaks.
pub(crate) const LOCAL: &str = "%Y-%m-%dT%H:%M";

/// A time on the venue's clock. Of an hour that comes twice the first is meant; one that is skipped is none.
pub(crate) fn instant(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let local = NaiveDateTime::parse_from_str(text.get(..16).unwrap_or(text), LOCAL).ok()?;
    zone.from_local_datetime(&local).earliest().map(|at| at.with_timezone(&Utc))
}

/// `15`, `15.5` or `15,50` in the smallest unit.
pub(crate) fn minor(text: &str, exponent: u32) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let places = exponent as usize;
    if whole.is_empty() || whole.len() > 12 || part.len() > places || !digits(whole) || !digits(part) {
        return None;
    }
    format!("{whole}{part:0<places$}").parse().ok()
}

pub(super) fn decimal(minor: i64, exponent: u32) -> String {
    let unit = 10_i64.pow(exponent);
    let places = exponent as usize;
    if exponent == 0 { minor.to_string() } else { format!("{}.{:0places$}", minor / unit, minor % unit) }
}

#[cfg(test)]
mod tests {
    use super::{decimal, minor};

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for (text, expected) in
            [("15", Some(1500)), ("15.5", Some(1550)), ("15,50", Some(1550)), ("0", Some(0))]
        {
            assert_eq!(minor(text, 2), expected, "{text}");
        }
        for bad in ["", "-1", "1.505", "1e3", "1.2.3", "€5", "9999999999999"] {
            assert_eq!(minor(bad, 2), None, "{bad}");
        }
        assert_eq!(decimal(1505, 2), "15.05");
    }
}
