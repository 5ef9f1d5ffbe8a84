//! A night on sale that gets a new date: tickets stay good, doors move along.

use chrono::{DateTime, TimeDelta, Utc};

use super::EventStatus;
use crate::clock::is_plausible;

/// The longest night, as for one that is made.
const LONGEST_NIGHT: TimeDelta = TimeDelta::days(4);

/// When a night is, and when its doors let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// The first instant at which a door lets in.
    pub entry_from: DateTime<Utc>,
    /// The first at which it no longer does.
    pub entry_until: DateTime<Utc>,
}

/// Why a night can't be put there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadDate {
    /// Only a night that is on sale is put off; what is no longer to be is called off.
    #[error("only a night that is on sale gets a new date")]
    NotOnSale,
    /// Who was there was there.
    #[error("the night is over")]
    Over,
    /// It would begin before now.
    #[error("the new date is in the past")]
    Past,
    /// It ends before it begins, or days later, or centuries from now.
    #[error("a night ends after it begins, and within four days")]
    Range,
    /// It is there already.
    #[error("the night is on that date already")]
    Same,
}

impl Times {
    /// The night from `starts_at` to `ends_at`: doors open as long before the beginning and close as long before the end as they
    /// would have.
    pub fn on_new_date(
        self,
        status: EventStatus,
        starts_at: DateTime<Utc>,
        ends_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Self, BadDate> {
        if status != EventStatus::Published {
            return Err(BadDate::NotOnSale);
        }
        if self.ends_at <= now {
            return Err(BadDate::Over);
        }
        if starts_at <= now {
            return Err(BadDate::Past);
        }
        let far = !is_plausible(starts_at) || !is_plausible(ends_at);
        if far || ends_at <= starts_at || ends_at - starts_at > LONGEST_NIGHT {
            return Err(BadDate::Range);
        }
        if (starts_at, ends_at) == (self.starts_at, self.ends_at) {
            return Err(BadDate::Same);
        }
        let entry_from = starts_at - (self.starts_at - self.entry_from);
        // Doors that closed early in a long night may not close before they open in a short one.
        let entry_until = ends_at - (self.ends_at - self.entry_until);
        let entry_until = if entry_until > entry_from { entry_until } else { ends_at };
        Ok(Self { starts_at, ends_at, entry_from, entry_until })
    }
}

#[cfg(test)]
mod tests {
    use super::{BadDate, Times};
    use crate::event::EventStatus;
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + hours * 3600, 0).expect("in range")
    }

    fn night() -> Times {
        Times { starts_at: at(24), ends_at: at(31), entry_from: at(23), entry_until: at(30) }
    }

    #[test]
    fn doors_move_along() {
        let dated = night().on_new_date(EventStatus::Published, at(192), at(200), at(0)).expect("a date");
        assert_eq!((dated.entry_from, dated.entry_until), (at(191), at(199)));
        let short = Times { entry_until: at(25), ..night() };
        let dated = short.on_new_date(EventStatus::Published, at(192), at(194), at(0)).expect("a date");
        assert!(dated.entry_until > dated.entry_from, "{dated:?}");
    }

    #[test]
    fn only_a_night_to_come_is_put_on_a_date_to_come() {
        let to = |status, from, until, now| night().on_new_date(status, at(from), at(until), at(now));
        for status in [EventStatus::Draft, EventStatus::Cancelled, EventStatus::Archived] {
            assert_eq!(to(status, 192, 200, 0), Err(BadDate::NotOnSale));
        }
        assert_eq!(to(EventStatus::Published, 192, 200, 31), Err(BadDate::Over));
        assert_eq!(to(EventStatus::Published, 1, 5, 2), Err(BadDate::Past));
        assert_eq!(to(EventStatus::Published, 192, 192, 0), Err(BadDate::Range));
        assert_eq!(to(EventStatus::Published, 192, 192 + 97, 0), Err(BadDate::Range));
        assert_eq!(to(EventStatus::Published, 24, 31, 0), Err(BadDate::Same));
        assert!(
            to(EventStatus::Published, 20, 31, 25).is_err(),
            "it has begun: not to a time that has passed"
        );
    }

    proptest! {
        #[test]
        fn whatever_the_date_doors_open_before_they_close(
            early in 0_i64..48, late in -3_i64..10, starts in 1_i64..5000, length in 1_i64..96
        ) {
            let before = Times { entry_from: at(24 - early), entry_until: at(31 + late), ..night() };
            let dated = before.on_new_date(EventStatus::Published, at(starts), at(starts + length), at(0));
            if let Ok(dated) = dated {
                prop_assert!(dated.entry_until > dated.entry_from, "{dated:?}");
            }
        }
    }
}
