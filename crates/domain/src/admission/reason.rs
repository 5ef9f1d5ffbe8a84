//! Why a scan was answered as it was.

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal),* $(,)?) => {
        /// Why a scan was answered as it was; a closed list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Reason { $($(#[$doc])* $name),* }

        impl Reason {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// Its name in JSON, SQL and messages.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }
            /// The reason with that name.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|reason| reason.code() == code)
            }
        }
    };
}

reasons! {
    /// Come in.
    Ok = "ok",
    /// Its guest is inside.
    AlreadyInside = "already_inside",
    /// Its guest went out again, and may not come in as often as this.
    NoReentry = "no_reentry",
    /// As many are inside as may be.
    Full = "full",
    /// Leaves, and never came in.
    NotInside = "not_inside",
    /// The order is not paid.
    Unpaid = "unpaid",
    /// The order awaits the club's approval.
    Unapproved = "unapproved",
    /// The ticket or its order was cancelled.
    Cancelled = "cancelled",
    /// The money went back.
    Refunded = "refunded",
    /// The ticket was re-issued or transferred: another code took its place.
    Revoked = "revoked",
    /// The club blocked the ticket.
    Blocked = "blocked",
    /// The guest's bank takes the money back: frozen until that is decided.
    Disputed = "disputed",
    /// The person may not enter.
    Banned = "banned",
    /// A ticket of the club, for another event.
    WrongEvent = "wrong_event",
    /// This ticket type does not enter here.
    WrongGate = "wrong_gate",
    /// Doors are not open yet, or not for this ticket.
    TooEarly = "too_early",
    /// Entry is over: at this door, or with this ticket.
    TooLate = "too_late",
    /// A code that moves, and not the one to be shown now: a picture of it.
    StaleCode = "stale_code",
    /// Signed by the club, and not on the list of this event.
    Unknown = "unknown",
    /// Looks like a ticket; the club did not sign it.
    Forged = "forged",
    /// Sold in test mode, at a door that lets guests in.
    TestTicket = "test_ticket",
    /// A real ticket, at a door in test mode.
    LiveTicket = "live_ticket",
    /// Not the code of a ticket.
    Malformed = "malformed",
    /// More than one ticket answers to what was typed.
    Ambiguous = "ambiguous",
}

impl Reason {
    /// Whether who answers for the door may let in all the same. Not where nobody knows whose ticket it is, where the ticket is
    /// somebody else's or no longer bought, or where nobody wants to come in.
    pub const fn may_be_overridden(self) -> bool {
        match self {
            Self::AlreadyInside
            | Self::NoReentry
            | Self::Full
            | Self::Unpaid
            | Self::Unapproved
            | Self::Blocked
            | Self::Disputed
            | Self::Banned
            | Self::WrongGate
            | Self::TooEarly
            | Self::TooLate
            | Self::StaleCode => true,
            Self::Ok
            | Self::NotInside
            | Self::Cancelled
            | Self::Refunded
            | Self::Revoked
            | Self::WrongEvent
            | Self::Unknown
            | Self::Forged
            | Self::TestTicket
            | Self::LiveTicket
            | Self::Malformed
            | Self::Ambiguous => false,
        }
    }
}

/// Let through, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Let through.
    Admit,
    /// Do not.
    Deny,
}

impl Decision {
    /// `admit` or `deny`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Deny => "deny",
        }
    }
}
