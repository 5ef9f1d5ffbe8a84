//! A dispute: the guest's bank takes a payment back, or asks about it first, and decides in the end.
//!
//! ```text
//! warning_needs_response ─▶ warning_under_review ─▶ warning_closed
//!            └──────────────────────┴──▶ needs_response ─▶ under_review ─▶ won | lost | prevented
//! ```
//!
//! It stands beside its order and changes neither the order's state nor the stock. News of it come in any order; what is
//! held only ever goes on, see [`Standing::follows`].

/// Where a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DisputeStatus {
    /// An inquiry: the bank asks, and no money has moved.
    WarningNeedsResponse,
    /// An inquiry that was answered.
    WarningUnderReview,
    /// An inquiry that came to nothing.
    WarningClosed,
    /// The money is gone; the club may answer until a deadline.
    NeedsResponse,
    /// The club has answered; the bank decides.
    UnderReview,
    /// The club was right: the money comes back.
    Won,
    /// The money stays away.
    Lost,
    /// It was settled with the bank before it became one: the money is gone.
    Prevented,
}

impl DisputeStatus {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::WarningNeedsResponse,
        Self::WarningUnderReview,
        Self::WarningClosed,
        Self::NeedsResponse,
        Self::UnderReview,
        Self::Won,
        Self::Lost,
        Self::Prevented,
    ];

    /// Stripe's word, and ours.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WarningNeedsResponse => "warning_needs_response",
            Self::WarningUnderReview => "warning_under_review",
            Self::WarningClosed => "warning_closed",
            Self::NeedsResponse => "needs_response",
            Self::UnderReview => "under_review",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Prevented => "prevented",
        }
    }

    /// The status with that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Whether the money is with the bank: tickets are frozen, and nothing of the payment can be given back.
    pub const fn holds_money(self) -> bool {
        matches!(self, Self::NeedsResponse | Self::UnderReview | Self::Lost | Self::Prevented)
    }

    /// Whether it has come to its end.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::WarningClosed | Self::Won | Self::Lost | Self::Prevented)
    }

    const fn rank(self) -> u8 {
        match self {
            Self::WarningNeedsResponse => 0,
            Self::WarningUnderReview => 1,
            Self::WarningClosed => 2,
            Self::NeedsResponse => 3,
            Self::UnderReview => 4,
            Self::Won | Self::Lost | Self::Prevented => 5,
        }
    }
}

/// How far a dispute is: its status, and how often money has moved for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The status.
    pub status: DisputeStatus,
    /// Withdrawals and returns so far; they only ever grow.
    pub movements: usize,
}

impl Standing {
    /// Whether this is as new as what is held, or newer. Of two answers of Stripe's that overtook each other, the one in which
    /// more money has moved is the later one; a bank that changes its mind moves money.
    pub const fn follows(self, held: Self) -> bool {
        self.movements > held.movements
            || (self.movements == held.movements && self.status.rank() >= held.status.rank())
    }
}

#[cfg(test)]
mod tests {
    use super::{DisputeStatus, Standing};
    use proptest::prelude::*;

    fn at(status: DisputeStatus, movements: usize) -> Standing {
        Standing { status, movements }
    }

    /// The lives of disputes, each in the order in which it happens.
    fn lives() -> Vec<Vec<Standing>> {
        use DisputeStatus::{
            Lost, NeedsResponse, Prevented, UnderReview, WarningClosed, WarningNeedsResponse,
            WarningUnderReview, Won,
        };
        vec![
            vec![at(NeedsResponse, 0), at(NeedsResponse, 1), at(UnderReview, 1), at(Won, 1), at(Won, 2)],
            vec![at(NeedsResponse, 1), at(UnderReview, 1), at(Lost, 1)],
            vec![at(NeedsResponse, 1), at(Lost, 1), at(Won, 2), at(Lost, 3)],
            vec![at(WarningNeedsResponse, 0), at(WarningUnderReview, 0), at(WarningClosed, 0)],
            vec![at(WarningNeedsResponse, 0), at(NeedsResponse, 1), at(UnderReview, 1), at(Won, 2)],
            vec![at(WarningClosed, 0), at(NeedsResponse, 1), at(Lost, 1)],
            vec![at(Prevented, 1)],
        ]
    }

    proptest! {
        /// In whatever order and however often its states are told, a dispute ends where it ended.
        #[test]
        fn the_end_is_the_same_in_any_order(
            life in prop::sample::select(lives()),
            order in prop::collection::vec(any::<prop::sample::Index>(), 0..24),
        ) {
            let last = *life.last().expect("a life");
            let mut told: Vec<Standing> = order.iter().map(|index| life[index.index(life.len())]).collect();
            let place = order.first().map_or(0, |index| index.index(told.len() + 1));
            told.insert(place, last);
            let held = told.into_iter().reduce(|held, seen| if seen.follows(held) { seen } else { held });
            prop_assert_eq!(held, Some(last));
        }
    }

    #[test]
    fn codes_are_their_own_inverse_and_money_is_gone_or_not() {
        for status in DisputeStatus::ALL {
            assert_eq!(DisputeStatus::from_code(status.code()), Some(status));
        }
        assert!(!DisputeStatus::Won.holds_money() && !DisputeStatus::WarningNeedsResponse.holds_money());
        assert!(DisputeStatus::Lost.holds_money() && DisputeStatus::NeedsResponse.holds_money());
        assert_eq!(DisputeStatus::from_code("rain"), None);
    }
}
