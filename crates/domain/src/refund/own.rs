//! What guests may give back without asking anybody.

use crate::event::EventStatus;
use crate::event::terms::RefundPolicy;
use crate::order::Channel;
use chrono::{DateTime, Utc};

/// Why a guest has to ask the club.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AskTheClub {
    /// The night does not take place, or is over: its money goes back by itself, or not at all.
    #[error("the night is off")]
    NightOff,
    /// The night's terms know no such thing.
    #[error("guests give nothing back by themselves")]
    NotOffered,
    /// Staff took the money at the venue, or gave the tickets away: there is no card that it could go back to.
    #[error("it was not paid online")]
    NotPaidOnline,
    /// It is an exchange: its ticket was paid for in two payments.
    #[error("the ticket was exchanged for another one")]
    Exchanged,
    /// The time for it has passed.
    #[error("the time for it ended at {0}")]
    TooLate(DateTime<Utc>),
}

/// Until when a guest may give tickets of an order back; the deadline itself is too late.
pub fn by_guest_until(
    policy: RefundPolicy,
    night: EventStatus,
    channel: Channel,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, AskTheClub> {
    if night != EventStatus::Published {
        return Err(AskTheClub::NightOff);
    }
    let until = policy.self_service_until.ok_or(AskTheClub::NotOffered)?;
    if channel != Channel::Online {
        return Err(AskTheClub::NotPaidOnline);
    }
    if now < until { Ok(until) } else { Err(AskTheClub::TooLate(until)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_guest_gives_back_until_the_deadline_what_was_paid_online() {
        let until: DateTime<Utc> = "2026-11-27T21:00:00Z".parse().expect("a time");
        let policy = RefundPolicy { self_service_until: Some(until), keeps_fees: true };
        let may = |night, channel, now| by_guest_until(policy, night, channel, now);
        let (on, online) = (EventStatus::Published, Channel::Online);
        let before = until - TimeDelta::milliseconds(1);
        assert_eq!(may(on, online, before), Ok(until));
        for late in [until, until + TimeDelta::days(1)] {
            assert_eq!(may(on, online, late), Err(AskTheClub::TooLate(until)));
        }
        for channel in Channel::ALL.into_iter().filter(|channel| *channel != online) {
            assert_eq!(may(on, channel, before), Err(AskTheClub::NotPaidOnline), "{channel:?}");
        }
        for night in EventStatus::ALL.into_iter().filter(|night| *night != on) {
            assert_eq!(may(night, online, before), Err(AskTheClub::NightOff), "{night:?}");
        }
        let asked = by_guest_until(RefundPolicy::default(), on, online, before);
        assert_eq!(asked, Err(AskTheClub::NotOffered));
    }
}
