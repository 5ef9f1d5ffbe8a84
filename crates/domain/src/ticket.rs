//! What a guest may still do with a ticket: put another name on it, pass it on.

use crate::admission::TicketStatus;
use crate::event::EventStatus;
use chrono::{DateTime, Utc};

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

#[cfg(test)]
mod tests {
    use super::{Fixed, may_change};
    use crate::admission::TicketStatus;
    use crate::event::EventStatus;
    use chrono::{DateTime, TimeDelta, Utc};

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
