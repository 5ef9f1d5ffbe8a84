//! Who may do what: roles are sets of named permissions. A handler names the permission, never the role.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

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
    /// Create and change accounts of the staff.
    StaffManage,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 21] = [
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
        Self::StaffManage,
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
            Self::StaffManage => "staff.manage",
        }
    }
}

/// A named set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Owns the club: may do everything.
    Owner,
    /// Runs the nights: everything but the accounts of the staff, the marks of who has disputed a payment, and the club's signature
    /// on what a night was worth.
    Manager,
    /// Works at a gate: scans, and sees neither money nor addresses.
    DoorStaff,
}

/// The text is not the code of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a role: owner, manager or door_staff")]
pub struct UnknownRole;

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Manager, Self::DoorStaff];

    /// Its name in SQL, tokens and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::DoorStaff => "door_staff",
        }
    }

    /// Whether the role holds a permission.
    pub const fn may(self, permission: Permission) -> bool {
        match self {
            Self::Owner => true,
            Self::Manager => !matches!(
                permission,
                Permission::StaffManage | Permission::DisputeMarksClear | Permission::SettlementsSign
            ),
            Self::DoorStaff => matches!(permission, Permission::DoorScan),
        }
    }

    /// The permissions of the role.
    pub fn permissions(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |p| self.may(*p))
    }
}

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.code() == code).ok_or(UnknownRole)
    }
}

#[cfg(test)]
mod tests {
    use super::{Permission, Role};

    #[test]
    fn door_staff_scan_and_see_no_money() {
        let door: Vec<_> = Role::DoorStaff.permissions().collect();
        assert_eq!(door, [Permission::DoorScan]);
    }

    #[test]
    fn only_the_owner_manages_staff() {
        let may: Vec<_> = Role::ALL.into_iter().filter(|r| r.may(Permission::StaffManage)).collect();
        assert_eq!(may, [Role::Owner]);
        assert!(!Role::Manager.may(Permission::DisputeMarksClear));
        assert!(
            !Role::Manager.may(Permission::SettlementsSign) && Role::Manager.may(Permission::FiguresRead)
        );
        assert_eq!(Role::Owner.permissions().count(), Permission::ALL.len());
    }
}
