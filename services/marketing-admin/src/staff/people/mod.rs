//! The desk's pages of the staff: who works here, as what, on which nights, and what that lets them do.

pub mod act;
pub mod list_page;
pub mod person_page;
pub mod store;

use actix_web::http::StatusCode;
use domain::language::Language;
use domain::permission::{Permission, PermissionSet};
use web::Fault;

use crate::staff::Member;

/// A permission in words.
pub(in crate::staff) fn permission_name(lang: Language, permission: Permission) -> String {
    ui::text(lang, &format!("staff-can-{}", permission.code().replace(['.', '_'], "-")), &[])
}

/// 403 `beyond_your_permissions` unless all of these are held: nobody gives or takes what they don't hold.
pub(in crate::staff) fn within_reach<P>(member: &Member<P>, can: PermissionSet) -> Result<(), Fault> {
    if can.iter().all(|permission| member.may(permission)) {
        Ok(())
    } else {
        Err(Fault::new(StatusCode::FORBIDDEN, "beyond_your_permissions"))
    }
}

#[cfg(test)]
mod tests {
    use super::permission_name;
    use domain::language::Language;
    use domain::permission::Permission;

    #[test]
    fn every_permission_has_words() {
        for lang in Language::ALL {
            for permission in Permission::ALL {
                let words = permission_name(lang, permission);
                assert!(words.contains(' ') && !words.contains("staff-can"), "{words}");
            }
        }
    }
}
