//! What permissions are about, as a club's owner sees it.

use domain::language::Language;
use domain::permission::Permission;

/// What some permissions are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// The nights themselves.
    Nights,
    /// Selling, and giving away.
    Sales,
    /// People who come, and their orders.
    Guests,
    /// What was earned, and what goes back.
    Money,
    /// Who comes in.
    Door,
    /// Mails, and what the services tell each other.
    Messages,
    /// The house: its people, its records, its keys.
    House,
}

impl Group {
    /// Every group, in the order in which they are shown.
    pub const ALL: [Self; 7] =
        [Self::Nights, Self::Sales, Self::Guests, Self::Money, Self::Door, Self::Messages, Self::House];

    /// What a permission is about.
    pub const fn of(permission: Permission) -> Self {
        use Permission as P;
        match permission {
            P::EventsRead | P::EventsWrite | P::EventsPublish | P::EventsCancel | P::WaitingRoomSwitch => {
                Self::Nights
            }
            P::BoxOfficeSell | P::CompsIssue | P::PromosRead | P::PromosWrite => Self::Sales,
            P::OrdersRead | P::GuestListRun | P::ReservationsRun | P::GuestsExport => Self::Guests,
            P::FiguresRead | P::RefundsMake | P::DisputeMarksClear | P::SettlementsSign => Self::Money,
            P::DoorScan | P::DoorSupervise => Self::Door,
            P::EmailsRead | P::EmailsRetry | P::DeadLettersRead | P::DeadLettersReplay => Self::Messages,
            P::StaffManage | P::AuditRead | P::KeysRotate => Self::House,
        }
    }

    /// Its permissions.
    pub fn permissions(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| Self::of(*permission) == self)
    }

    /// What people call it.
    pub fn name(self, lang: Language) -> String {
        let key = match self {
            Self::Nights => "roles-group-nights",
            Self::Sales => "roles-group-sales",
            Self::Guests => "roles-group-guests",
            Self::Money => "roles-group-money",
            Self::Door => "roles-group-door",
            Self::Messages => "roles-group-messages",
            Self::House => "roles-group-house",
        };
        ui::text(lang, key, &[])
    }
}

#[cfg(test)]
mod tests {
    use super::Group;
    use domain::language::Language;
    use domain::permission::Permission;

    #[test]
    fn every_permission_stands_in_one_group_that_has_a_name() {
        let shown: Vec<Permission> = Group::ALL.into_iter().flat_map(Group::permissions).collect();
        assert_eq!(shown.len(), Permission::ALL.len());
        assert!(Permission::ALL.into_iter().all(|permission| shown.contains(&permission)));
        for lang in Language::ALL {
            for group in Group::ALL {
                assert!(group.permissions().next().is_some(), "{group:?} is empty");
                assert!(!group.name(lang).starts_with("roles-"), "{group:?} has no name");
            }
        }
    }
}
