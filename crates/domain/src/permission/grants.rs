//! What one member of the staff may do, and on which nights.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Permission, PermissionSet, Role};
use crate::ids::EventId;

/// What one member of the staff may do: the permissions of a role, on all nights or on some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants {
    /// Code of the role, one of the club's own or of [`Role`]: for people to read. What counts are the permissions.
    pub role: String,
    /// What may be done.
    pub can: PermissionSet,
    /// On which nights alone; none: on all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<BTreeSet<EventId>>,
}

impl Grants {
    /// What a role of the club's own may do, on all nights.
    pub fn of(role: &str, can: PermissionSet) -> Self {
        Self { role: role.to_owned(), can, events: None }
    }

    /// The same on these nights alone; none of them is none at all.
    pub fn only(mut self, events: impl IntoIterator<Item = EventId>) -> Self {
        self.events = Some(events.into_iter().collect());
        self
    }

    /// Nothing: somebody who is signed in and must do something else first.
    pub fn nothing(role: &str) -> Self {
        Self::of(role, PermissionSet::default())
    }

    /// Whether a permission is held, on some night at least.
    pub const fn may(&self, permission: Permission) -> bool {
        self.can.holds(permission)
    }

    /// Whether this night is one of theirs.
    pub fn reaches(&self, event: EventId) -> bool {
        self.events.as_ref().is_none_or(|events| events.contains(&event))
    }

    /// Whether they are bound to some nights.
    pub const fn is_limited(&self) -> bool {
        self.events.is_some()
    }

    /// Whether signing in takes a second factor: they reach money or people.
    pub fn needs_second_factor(&self) -> bool {
        self.can.iter().any(|permission| !permission.is_harmless())
    }
}

impl From<Role> for Grants {
    fn from(role: Role) -> Self {
        Self::of(role.code(), role.permissions())
    }
}

#[cfg(test)]
mod tests {
    use super::{EventId, Grants, Permission, Role};

    #[test]
    fn a_limited_member_reaches_their_nights_alone() {
        let (mine, other) = (EventId::generate(), EventId::generate());
        let promoter = Grants::from(Role::Promoter).only([mine]);
        assert!(promoter.may(Permission::GuestListRun) && promoter.is_limited());
        assert!(promoter.reaches(mine) && !promoter.reaches(other));
        assert!(Grants::from(Role::Promoter).reaches(other));
        assert!(!Grants::from(Role::Promoter).only([]).reaches(mine));
    }

    #[test]
    fn who_reaches_money_or_people_needs_a_second_factor() {
        let needs: Vec<_> =
            Role::ALL.into_iter().filter(|role| Grants::from(*role).needs_second_factor()).collect();
        assert_eq!(needs.len(), Role::ALL.len() - 1, "{needs:?}");
        assert!(!Grants::from(Role::DoorStaff).needs_second_factor());
    }
}
