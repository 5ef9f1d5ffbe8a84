//! A table reservation's life. One party, one night, one table (or several that stand together); illegal steps are impossible.
//!
//! ```text
//! requested ──approve──▶ pending ──confirm──▶ confirmed ──check_in──▶ checked_in ──close──▶ closed
//!     │                    │  ▲                 │    │
//!     │                 expire │ confirm_late   │    └─release──▶ no_show
//!     │                    ▼  │                 │
//!     │                  expired                │
//!     └───────cancel───────┴──────cancel────────┴─▶ cancelled
//! ```
//!
//! While it is *live* (pending, confirmed, checked in) the table is its own: the database knows one live reservation per table and
//! night. A request holds nothing, so several may wait for one table.

use std::fmt;
use std::str::FromStr;

/// The most that one party may be, at tables that stand together.
pub const LARGEST_PARTY: u32 = 100;

/// Where a reservation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReservationState {
    /// A guest asked, and a host has to say yes. The table is not held.
    Requested,
    /// The table is held for as long as its deposit may be paid.
    Pending,
    /// The deposit is in, or none is owed: the party is expected.
    Confirmed,
    /// The first of the party came in.
    CheckedIn,
    /// The party has left, and its bill is settled.
    Closed,
    /// Nobody paid in time: the table was free again.
    Expired,
    /// Called off by guest or club.
    Cancelled,
    /// Nobody came in time, and the table was given away.
    NoShow,
}

/// What may happen to a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// A host says yes to a request: the table is held for its payment.
    Approve,
    /// The deposit came in while the table was held.
    Confirm,
    /// The hold ended unpaid.
    Expire,
    /// The deposit came after the hold had ended, and the table was still free.
    ConfirmLate,
    /// The first of the party was let in.
    CheckIn,
    /// The bill is settled.
    Close,
    /// Guest or club call it off.
    Cancel,
    /// The party is too late: the table is given away.
    Release,
}

/// A step that the reservation's state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reservation that is {} does not {}", .from.code(), .step.code())]
pub struct IllegalStep {
    /// The state it is in.
    pub from: ReservationState,
    /// The step that was tried.
    pub step: Step,
}

/// No state has that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a reservation's state")]
pub struct UnknownState;

impl ReservationState {
    /// Every state, in the order of a reservation's life.
    pub const ALL: [Self; 8] = [
        Self::Requested,
        Self::Pending,
        Self::Confirmed,
        Self::CheckedIn,
        Self::Closed,
        Self::Expired,
        Self::Cancelled,
        Self::NoShow,
    ];

    /// Its name in SQL, JSON and pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::CheckedIn => "checked_in",
            Self::Closed => "closed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
        }
    }

    /// Whether the table is this party's and nobody else's.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed | Self::CheckedIn)
    }

    /// Whether nothing can happen to it any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled | Self::NoShow)
    }

    /// The state after a step.
    pub fn after(self, step: Step) -> Result<Self, IllegalStep> {
        use ReservationState as S;
        match (self, step) {
            (S::Requested, Step::Approve) => Ok(S::Pending),
            (S::Pending, Step::Confirm) | (S::Expired, Step::ConfirmLate) => Ok(S::Confirmed),
            (S::Pending, Step::Expire) => Ok(S::Expired),
            (S::Confirmed, Step::CheckIn) => Ok(S::CheckedIn),
            (S::CheckedIn, Step::Close) => Ok(S::Closed),
            (S::Requested | S::Pending | S::Expired | S::Confirmed, Step::Cancel) => Ok(S::Cancelled),
            (S::Confirmed, Step::Release) => Ok(S::NoShow),
            (from, step) => Err(IllegalStep { from, step }),
        }
    }
}

impl fmt::Display for ReservationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for ReservationState {
    type Err = UnknownState;
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.code() == code).ok_or(UnknownState)
    }
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 8] = [
        Self::Approve,
        Self::Confirm,
        Self::Expire,
        Self::ConfirmLate,
        Self::CheckIn,
        Self::Close,
        Self::Cancel,
        Self::Release,
    ];

    /// Its name in audit rows and logs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Confirm => "confirm",
            Self::Expire => "expire",
            Self::ConfirmLate => "confirm_late",
            Self::CheckIn => "check_in",
            Self::Close => "close",
            Self::Cancel => "cancel",
            Self::Release => "release",
        }
    }
}

/// What a guest still owes at the venue, minor units: the larger of what was agreed and what was ordered, less what was paid.
///
/// The minimum is a floor, not a fee: a party that orders more pays what it ordered, and one that orders less pays the shortfall.
pub fn balance_minor(minimum_minor: i64, spent_minor: i64, deposit_minor: i64) -> i64 {
    (minimum_minor.max(spent_minor) - deposit_minor).max(0)
}

#[cfg(test)]
mod tests {
    use super::{ReservationState as S, Step, balance_minor};
    use proptest::prelude::*;

    fn step() -> impl Strategy<Value = Step> {
        prop::sample::select(Step::ALL.to_vec())
    }

    proptest! {
        /// Whatever is tried in whatever order: what is over stays over, and a table that was given up comes back by late money alone.
        #[test]
        fn no_path_leads_back(steps in prop::collection::vec(step(), 0..40)) {
            let mut state = S::Pending;
            for step in steps {
                match state.after(step) {
                    Ok(next) => {
                        prop_assert!(!state.is_over(), "{state} went on by {step:?}");
                        prop_assert_ne!(next, state);
                        if !state.is_live() && next.is_live() {
                            prop_assert!(matches!(step, Step::Approve | Step::ConfirmLate), "{state} {step:?}");
                        }
                        prop_assert!(next != S::CheckedIn || state == S::Confirmed);
                        state = next;
                    }
                    Err(illegal) => prop_assert_eq!((illegal.from, illegal.step), (state, step)),
                }
            }
        }
    }

    #[test]
    fn every_state_is_reached_and_has_a_name_of_its_own() {
        for state in S::ALL {
            assert_eq!(state.code().parse(), Ok(state));
            let reached =
                S::ALL.iter().any(|from| Step::ALL.iter().any(|step| from.after(*step) == Ok(state)));
            assert!(reached || state == S::Requested, "{state}");
        }
        assert!("seated".parse::<S>().is_err());
    }

    #[test]
    fn the_minimum_is_a_floor_and_the_deposit_comes_off() {
        assert_eq!(balance_minor(50_000, 0, 10_000), 40_000);
        assert_eq!(balance_minor(50_000, 62_000, 10_000), 52_000);
        assert_eq!(balance_minor(0, 5_000, 10_000), 0);
    }
}
