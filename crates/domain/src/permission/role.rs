//! The roles that a club has from the start. It may make more of the same permissions.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Permission, PermissionSet};

/// A named set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Owns the club: may do everything.
    Owner,
    /// Runs the nights: everything but what the staff may do, the marks of who has disputed a payment, the club's signature
    /// on what a night was worth, and its keys.
    Manager,
    /// Sells at the venue, finds a guest's order and sends it again.
    BoxOffice,
    /// Answers for the door.
    DoorSupervisor,
    /// Works at a gate: scans, and sees neither money nor addresses.
    DoorStaff,
    /// Looks after tables and guest lists.
    VipHost,
    /// Brings guests: sees nights and runs the lists given to them.
    Promoter,
    /// Writes the nights and the promos, and sees which emails went out.
    Marketing,
    /// Reads money: orders, figures, exports of the books.
    Accountant,
}

/// The text is not the code of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a role: owner, manager, box_office, door_supervisor, door_staff, vip_host, promoter, marketing or accountant"
)]
pub struct UnknownRole;

impl Role {
    /// Every role, from who may most.
    pub const ALL: [Self; 9] = [
        Self::Owner,
        Self::Manager,
        Self::BoxOffice,
        Self::DoorSupervisor,
        Self::DoorStaff,
        Self::VipHost,
        Self::Promoter,
        Self::Marketing,
        Self::Accountant,
    ];

    /// Its name in SQL, tokens and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::BoxOffice => "box_office",
            Self::DoorSupervisor => "door_supervisor",
            Self::DoorStaff => "door_staff",
            Self::VipHost => "vip_host",
            Self::Promoter => "promoter",
            Self::Marketing => "marketing",
            Self::Accountant => "accountant",
        }
    }

    /// Whether the role holds a permission.
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner => true,
            Self::Manager => !matches!(
                permission,
                P::StaffManage | P::DisputeMarksClear | P::SettlementsSign | P::AuditRead | P::KeysRotate
            ),
            Self::BoxOffice => {
                matches!(
                    permission,
                    P::EventsRead | P::BoxOfficeSell | P::OrdersRead | P::EmailsRead | P::EmailsRetry
                )
            }
            Self::DoorSupervisor => matches!(permission, P::EventsRead | P::DoorScan | P::DoorSupervise),
            Self::DoorStaff => matches!(permission, P::DoorScan),
            Self::VipHost => matches!(permission, P::EventsRead | P::GuestListRun | P::ReservationsRun),
            Self::Promoter => matches!(permission, P::EventsRead | P::GuestListRun),
            Self::Marketing => {
                matches!(
                    permission,
                    P::EventsRead | P::EventsWrite | P::PromosRead | P::PromosWrite | P::EmailsRead
                )
            }
            Self::Accountant => {
                matches!(
                    permission,
                    P::EventsRead | P::OrdersRead | P::PromosRead | P::FiguresRead | P::GuestsExport
                )
            }
        }
    }

    /// The permissions of the role.
    pub fn permissions(self) -> PermissionSet {
        Permission::ALL.into_iter().filter(|permission| self.may(*permission)).collect()
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
        let door: Vec<_> = Role::DoorStaff.permissions().iter().collect();
        assert_eq!(door, [Permission::DoorScan]);
        for role in [Role::DoorStaff, Role::DoorSupervisor, Role::VipHost, Role::Promoter] {
            for money in [Permission::OrdersRead, Permission::FiguresRead, Permission::RefundsMake] {
                assert!(!role.may(money), "{role:?} {money:?}");
            }
        }
    }

    #[test]
    fn only_the_owner_manages_staff() {
        let may: Vec<_> = Role::ALL.into_iter().filter(|r| r.may(Permission::StaffManage)).collect();
        assert_eq!(may, [Role::Owner]);
        assert!(!Role::Manager.may(Permission::DisputeMarksClear));
        assert!(
            !Role::Manager.may(Permission::SettlementsSign) && Role::Manager.may(Permission::FiguresRead)
        );
        assert_eq!(Role::Owner.permissions().iter().count(), Permission::ALL.len());
    }

    #[test]
    fn a_role_is_found_by_its_code() {
        for role in Role::ALL {
            assert_eq!(role.code().parse(), Ok(role));
        }
        assert!("Owner".parse::<Role>().is_err());
    }
}
