//! Whether a ticket is in order.

use super::Reason;

/// Whether a ticket is in order, as its owner last said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TicketStatus {
    /// In order.
    Valid,
    /// Cancelled by the club.
    Cancelled,
    /// Its money went back.
    Refunded,
    /// Replaced by another code.
    Revoked,
    /// Blocked by the club.
    Blocked,
    /// Frozen: its buyer's bank takes the money back.
    Disputed,
}

impl TicketStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Valid, Self::Cancelled, Self::Refunded, Self::Revoked, Self::Blocked, Self::Disputed];

    /// Its name in SQL and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
            Self::Revoked => "revoked",
            Self::Blocked => "blocked",
            Self::Disputed => "disputed",
        }
    }

    /// The status with that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Whether a refund may take the ticket back. One that was frozen in a dispute, too: the refund may have been first.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Valid | Self::Blocked | Self::Disputed)
    }

    pub(super) const fn refusal(self) -> Option<Reason> {
        match self {
            Self::Valid => None,
            Self::Cancelled => Some(Reason::Cancelled),
            Self::Refunded => Some(Reason::Refunded),
            Self::Revoked => Some(Reason::Revoked),
            Self::Blocked => Some(Reason::Blocked),
            Self::Disputed => Some(Reason::Disputed),
        }
    }
}
