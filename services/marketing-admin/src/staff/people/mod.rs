//! The desk's pages of the staff: who works here, as what, on which nights, and what that lets them do.

pub mod act;
pub mod list_page;
pub mod notices;
pub mod person_page;
pub mod store;

use std::collections::HashMap;

use actix_web::http::StatusCode;
use domain::language::Language;
use domain::permission::{Permission, PermissionSet};
use uuid::Uuid;
use web::Fault;

use crate::staff::Member;

/// A permission in words.
pub(in crate::staff) fn permission_name(lang: Language, permission: Permission) -> String {
    ui::text(lang, &format!("staff-can-{}", permission.code().replace(['.', '_'], "-")), &[])
}

/// The nights of a form: all (none) or those that are ticked. 422 where none is: no night at all is not all of them.
pub(in crate::staff) fn nights_of(form: &HashMap<String, String>) -> Result<Option<Vec<Uuid>>, Fault> {
    let ids = form.keys().filter_map(|name| name.strip_prefix("night.")?.parse().ok());
    let ids: Vec<Uuid> = ids.collect();
    match form.get("reach").map(String::as_str) {
        Some("all") => Ok(None),
        Some("some") if !ids.is_empty() => Ok(Some(ids)),
        _ => Err(Fault::invalid("validation_failed").field("nights", "required")),
    }
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
