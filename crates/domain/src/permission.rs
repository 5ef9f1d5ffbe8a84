//! Who may do what: roles are sets of named permissions, held for all nights or for some ([`Grants`]). A handler names the
//! permission, never the role.

mod grants;
mod role;
mod set;

pub use grants::Grants;
pub use role::{Role, UnknownRole};
pub use set::PermissionSet;

/// One thing that a member of staff may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See events, drafts included.
    EventsRead,
    /// Create and change events.
    EventsWrite,
    /// Put an event on sale.
    EventsPublish,
    /// Call a night off, which gives everybody's money back.
    EventsCancel,
    /// See orders, with names and addresses.
    OrdersRead,
    /// Give money back.
    RefundsMake,
    /// Take the mark off somebody who has disputed a payment.
    DisputeMarksClear,
    /// See promo codes and their use.
    PromosRead,
    /// Make promo codes and change them.
    PromosWrite,
    /// Sell tickets at the venue.
    BoxOfficeSell,
    /// Give tickets away.
    CompsIssue,
    /// Open and close the waiting room of a night, and say how fast its line moves.
    WaitingRoomSwitch,
    /// See money and counts.
    FiguresRead,
    /// Settle a night: the club signs what it was worth.
    SettlementsSign,
    /// See the log of emails.
    EmailsRead,
    /// Send a failed email again.
    EmailsRetry,
    /// See messages that could not be handled.
    DeadLettersRead,
    /// Have such a message handled again.
    DeadLettersReplay,
    /// Scan tickets at a gate.
    DoorScan,
    /// Answer for the door: enrol and stop devices, override a verdict, set limits, see every gate.
    DoorSupervise,
    /// Run the guest lists of a night, and look after its VIP guests.
    GuestListRun,
    /// See and run the night's table reservations: seat, move, cancel, keep the tab.
    ReservationsRun,
    /// Take lists of guests, with names and addresses, out of the house.
    GuestsExport,
    /// Invite and suspend members of the staff, and say what they may do.
    StaffManage,
    /// See who did what.
    AuditRead,
    /// Change the keys that sign sessions.
    KeysRotate,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 26] = [
        Self::EventsRead,
        Self::EventsWrite,
        Self::EventsPublish,
        Self::EventsCancel,
        Self::OrdersRead,
        Self::RefundsMake,
        Self::DisputeMarksClear,
        Self::PromosRead,
        Self::PromosWrite,
        Self::BoxOfficeSell,
        Self::CompsIssue,
        Self::WaitingRoomSwitch,
        Self::FiguresRead,
        Self::SettlementsSign,
        Self::EmailsRead,
        Self::EmailsRetry,
        Self::DeadLettersRead,
        Self::DeadLettersReplay,
        Self::DoorScan,
        Self::DoorSupervise,
        Self::GuestListRun,
        Self::ReservationsRun,
        Self::GuestsExport,
        Self::StaffManage,
        Self::AuditRead,
        Self::KeysRotate,
    ];

    /// Its name in logs and audit rows.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EventsRead => "events.read",
            Self::EventsWrite => "events.write",
            Self::EventsPublish => "events.publish",
            Self::EventsCancel => "events.cancel",
            Self::OrdersRead => "orders.read",
            Self::RefundsMake => "refunds.make",
            Self::DisputeMarksClear => "dispute_marks.clear",
            Self::PromosRead => "promos.read",
            Self::PromosWrite => "promos.write",
            Self::BoxOfficeSell => "box_office.sell",
            Self::CompsIssue => "comps.issue",
            Self::WaitingRoomSwitch => "waiting_room.switch",
            Self::FiguresRead => "figures.read",
            Self::SettlementsSign => "settlements.sign",
            Self::EmailsRead => "emails.read",
            Self::EmailsRetry => "emails.retry",
            Self::DeadLettersRead => "dead_letters.read",
            Self::DeadLettersReplay => "dead_letters.replay",
            Self::DoorScan => "door.scan",
            Self::DoorSupervise => "door.supervise",
            Self::GuestListRun => "guest_list.run",
            Self::ReservationsRun => "reservations.run",
            Self::GuestsExport => "guests.export",
            Self::StaffManage => "staff.manage",
            Self::AuditRead => "audit.read",
            Self::KeysRotate => "keys.rotate",
        }
    }

    /// The permission of this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.code() == code)
    }

    /// Whether it reaches neither money nor people's addresses: who holds no more than such needs no second factor.
    /// (OWASP ASVS 5.0, 6.3.3: everybody else of the staff does.)
    pub const fn is_harmless(self) -> bool {
        matches!(self, Self::DoorScan | Self::EventsRead)
    }
}
