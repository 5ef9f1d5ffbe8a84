//! The business night: a scan at 01:30 on Saturday belongs to Friday's night.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// A night of the club, named by the date on which it begins. It runs from noon to noon in the venue's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BusinessNight(NaiveDate);

impl BusinessNight {
    /// The night to which `instant` belongs in the zone of the venue.
    pub fn of(instant: DateTime<Utc>, zone: Tz) -> Self {
        let local = instant.with_timezone(&zone).naive_local();
        let date = local.date();
        if local.time() >= noon() { Self(date) } else { Self(date.pred_opt().unwrap_or(date)) }
    }

    /// The night that begins on `date`.
    pub const fn on(date: NaiveDate) -> Self {
        Self(date)
    }

    /// The date on which the night begins.
    pub const fn date(self) -> NaiveDate {
        self.0
    }

    /// The first instant of the night.
    pub fn starts(self, zone: Tz) -> DateTime<Utc> {
        noon_of(self.0, zone)
    }

    /// The first instant after the night. 23, 24 or 25 hours after `starts`: the clocks may change in between.
    pub fn ends(self, zone: Tz) -> DateTime<Utc> {
        noon_of(self.0.checked_add_days(Days::new(1)).unwrap_or(self.0), zone)
    }
}

const fn noon() -> NaiveTime {
    match NaiveTime::from_hms_opt(12, 0, 0) {
        Some(noon) => noon,
        None => NaiveTime::MIN,
    }
}

fn noon_of(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let local = date.and_time(noon());
    // No zone of the tz database skips noon by more than a day line change; the next hour that exists is the honest answer.
    (0..48)
        .find_map(|h| zone.from_local_datetime(&(local + TimeDelta::hours(h))).earliest())
        .map_or_else(|| local.and_utc(), |t| t.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::BusinessNight;
    use chrono::{DateTime, TimeDelta, Utc};
    use chrono_tz::{Europe::Madrid, Tz};
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a literal instant")
    }

    #[test]
    fn a_scan_after_midnight_belongs_to_the_evening_before() {
        let friday = BusinessNight::of(at("2026-11-20T22:00:00Z"), Madrid);
        assert_eq!(BusinessNight::of(at("2026-11-21T00:30:00Z"), Madrid), friday);
        assert_eq!(friday.date().to_string(), "2026-11-20");
        assert_ne!(BusinessNight::of(at("2026-11-21T11:00:00Z"), Madrid), friday, "noon in Madrid");
    }

    #[test]
    fn nights_on_which_the_clocks_change_have_23_and_25_hours() {
        let hours = |text: &str| {
            let night = BusinessNight::of(at(text), Madrid);
            (night.ends(Madrid) - night.starts(Madrid)).num_hours()
        };
        assert_eq!(hours("2026-03-28T23:00:00Z"), 23);
        assert_eq!(hours("2026-10-24T23:00:00Z"), 25);
        assert_eq!(hours("2026-12-31T23:00:00Z"), 24);
    }

    proptest! {
        #[test]
        fn every_instant_lies_in_its_own_night(seconds in 0_i64..4_000_000_000, zone in 0_usize..chrono_tz::TZ_VARIANTS.len()) {
            let zone: Tz = chrono_tz::TZ_VARIANTS[zone];
            let instant = DateTime::<Utc>::from_timestamp(seconds, 0).expect("in range");
            let night = BusinessNight::of(instant, zone);
            // An hour of grace: where noon itself repeats or is skipped, both answers are right.
            prop_assert!(night.starts(zone) <= instant + TimeDelta::hours(1));
            prop_assert!(instant < night.ends(zone) + TimeDelta::hours(1));
        }
    }
}
