//! What a guest may still do with a ticket: put another name on it, pass it on, keep it on a phone.

use crate::admission::TicketStatus;
use crate::event::EventStatus;
use chrono::{DateTime, TimeDelta, Utc};

/// Why a ticket stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fixed {
    /// It lets nobody in: passed on, refunded, taken back, blocked, frozen in a dispute.
    #[error("the ticket lets nobody in")]
    NotValid,
    /// Its night does not take place.
    #[error("the night is off")]
    NightOff,
    /// The doors are open: somebody may be inside with it, or stand before the doorman.
    #[error("the doors are open")]
    DoorsOpen,
    /// Somebody came in with it before the doors were moved to a later time.
    #[error("its guest is inside")]
    Inside,
    /// The doors were open before they were moved to a later time, and the door has not said who came in.
    #[error("the door has not said whether its guest is inside")]
    DoorSilent,
}

/// Whether a guest may still change a ticket: until the first instant at which the door admits, so that no ticket changes
/// that has been used, or is being looked at.
pub fn may_change(
    status: TicketStatus,
    night: EventStatus,
    doors: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Fixed> {
    if status != TicketStatus::Valid {
        return Err(Fixed::NotValid);
    }
    if night != EventStatus::Published {
        return Err(Fixed::NightOff);
    }
    if now >= doors { Err(Fixed::DoorsOpen) } else { Ok(()) }
}

/// A door that has not heard of a new time yet opens at the old one: that long it may be behind.
const BEHIND: TimeDelta = TimeDelta::minutes(15);

/// Whether a change of a night shuts doors that were open, or that may open yet before they have heard of it: they opened at `before`,
/// and are to open at `after`.
pub fn shuts_again(before: DateTime<Utc>, after: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    before <= now + BEHIND && now < after && before < after
}

/// Whether a guest may still change a ticket of a night whose doors were open and are shut again. `inside`: the door's word; none
/// where it has said nothing, and a moment before which the door admits is not enough to know that nobody came in.
pub const fn after_the_doors(inside: Option<bool>) -> Result<(), Fixed> {
    match inside {
        Some(false) => Ok(()),
        Some(true) => Err(Fixed::Inside),
        None => Err(Fixed::DoorSilent),
    }
}

/// How long after its night a ticket is kept on a phone: long enough for who looks at it on the way home, or the day after.
const KEPT_FOR: TimeDelta = TimeDelta::days(2);

/// Until when a guest's phone may keep a ticket that lets in; nothing when that is over.
pub fn kept_until(night_ends: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    night_ends.checked_add_signed(KEPT_FOR).filter(|until| *until > now)
}

#[cfg(test)]
mod tests {
    use super::{Fixed, after_the_doors, kept_until, may_change, shuts_again};
    use crate::admission::TicketStatus;
    use crate::event::EventStatus;
    use chrono::{DateTime, TimeDelta, Utc};

    #[test]
    fn a_phone_keeps_a_ticket_for_two_days_after_its_night() {
        let ends: DateTime<Utc> = "2026-11-28T05:00:00Z".parse().expect("a time");
        let until = ends + TimeDelta::days(2);
        for now in [ends - TimeDelta::days(90), ends, until - TimeDelta::milliseconds(1)] {
            assert_eq!(kept_until(ends, now), Some(until), "{now}");
        }
        assert_eq!(kept_until(ends, until), None);
        assert_eq!(kept_until(DateTime::<Utc>::MAX_UTC, ends), None, "no night without an end");
    }

    #[test]
    fn doors_that_were_open_and_are_to_open_later_are_shut_again() {
        let now: DateTime<Utc> = "2026-11-27T21:00:00Z".parse().expect("a time");
        let (earlier, later) = (now - TimeDelta::minutes(1), now + TimeDelta::minutes(1));
        assert!(shuts_again(now, later, now) && shuts_again(earlier, later, now));
        let hour = now + TimeDelta::hours(1);
        assert!(shuts_again(later, hour, now), "a door that has not heard of it opens in a minute");
        assert!(!shuts_again(hour, hour + TimeDelta::hours(1), now), "they were not open yet");
        assert!(!shuts_again(later, earlier, now), "they open earlier");
        assert!(!shuts_again(earlier, now, now), "they are open");
        assert_eq!(after_the_doors(Some(false)), Ok(()));
        assert_eq!(after_the_doors(Some(true)), Err(Fixed::Inside));
        assert_eq!(after_the_doors(None), Err(Fixed::DoorSilent), "nobody knows who is inside");
    }

    #[test]
    fn a_valid_ticket_of_a_coming_night_changes_until_the_doors_open() {
        let doors: DateTime<Utc> = "2026-11-27T21:00:00Z".parse().expect("a time");
        let before = doors - TimeDelta::milliseconds(1);
        let published = EventStatus::Published;
        assert_eq!(may_change(TicketStatus::Valid, published, doors, before), Ok(()));
        for late in [doors, doors + TimeDelta::hours(3)] {
            assert_eq!(may_change(TicketStatus::Valid, published, doors, late), Err(Fixed::DoorsOpen));
        }
        for status in TicketStatus::ALL.into_iter().filter(|status| *status != TicketStatus::Valid) {
            assert_eq!(may_change(status, published, doors, before), Err(Fixed::NotValid), "{status:?}");
        }
        for night in EventStatus::ALL.into_iter().filter(|night| *night != published) {
            let refused = may_change(TicketStatus::Valid, night, doors, before);
            assert_eq!(refused, Err(Fixed::NightOff), "{night:?}");
        }
    }
}
