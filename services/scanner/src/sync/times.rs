//! When a scan was, of which only a phone's clock knows.

use chrono::{DateTime, Utc};

use crate::admissions::{AHEAD, BEHIND, storable};

/// The times of one scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    /// As the device told it.
    pub scanned_at: DateTime<Utc>,
    /// Corrected by the error of its clock.
    pub corrected_at: DateTime<Utc>,
    /// That which counts: the corrected one, or that of the upload where it cannot be right.
    pub at: DateTime<Utc>,
    /// Whether it cannot be right.
    pub suspect: bool,
}

/// A phone that never learned how far off its clock is says nothing of it; then the error that it has now stands for the one it
/// had then. Time zones and the hour that a night in October has twice do not matter: all of these are instants.
pub(super) fn times(
    scanned_at: DateTime<Utc>,
    corrected_at: Option<DateTime<Utc>>,
    device_time: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Times {
    let corrected_at = corrected_at
        .or_else(|| scanned_at.checked_add_signed(now.signed_duration_since(device_time)))
        .unwrap_or(scanned_at);
    let corrected_at = storable(corrected_at);
    let suspect = corrected_at > now + AHEAD || corrected_at < now - BEHIND;
    Times {
        scanned_at: storable(scanned_at),
        corrected_at,
        at: if suspect { now } else { corrected_at },
        suspect,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_clock_that_is_off_is_corrected_and_both_times_are_kept() {
        let now = at("2026-10-25T01:30:00Z");
        for hours in [-2, 26] {
            let off = TimeDelta::hours(hours);
            let (scanned, right) = (now - TimeDelta::minutes(40) + off, now - TimeDelta::minutes(40));
            let told = times(scanned, Some(right), now + off, now);
            let guessed = times(scanned, None, now + off, now);
            assert_eq!(told, Times { scanned_at: scanned, corrected_at: right, at: right, suspect: false });
            assert_eq!(guessed, told, "off by {hours} hours");
        }
    }

    #[test]
    fn what_cannot_be_right_is_marked_and_counts_as_of_the_upload() {
        let now = at("2026-11-21T04:00:00Z");
        let (minutes, days) = (TimeDelta::minutes, TimeDelta::days);
        for (off, suspect) in [
            (minutes(4), false),
            (minutes(6), true),
            (-days(6), false),
            (-days(8), true),
            (days(90_000), true),
        ] {
            let got = times(now, Some(now + off), now, now);
            assert_eq!((got.suspect, got.at), (suspect, if suspect { now } else { now + off }), "{off}");
        }
        let ages_ago = times(DateTime::<Utc>::MIN_UTC, None, DateTime::<Utc>::MAX_UTC, now);
        assert_eq!((ages_ago.suspect, ages_ago.scanned_at), (true, at("2000-01-01T00:00:00Z")));
    }
}
