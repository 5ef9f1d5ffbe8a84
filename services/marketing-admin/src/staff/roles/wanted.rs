//! What a form says that a role of the club's own should be.

use std::collections::HashMap;

use domain::event::Slug;
use domain::language::Language;
use domain::name::is_name;
use domain::permission::{Permission, PermissionSet, Role};
use web::Fault;

use super::OwnRole;
use crate::views;

/// The longest name, in characters: it stands at the head of a column. The form says the same.
const LONGEST: usize = 40;
/// Begins the name of a permission's box.
const BOX: &str = "can.";

/// Name and permissions.
#[derive(Debug)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// What it lets people do: something.
    pub can: PermissionSet,
}

impl Wanted {
    /// 422 with the field `name` or `can`.
    pub fn read(form: &HashMap<String, String>) -> Result<Self, Fault> {
        let name = form.get("name").map(|name| name.trim()).unwrap_or_default();
        if !is_name(name) || name.chars().count() > LONGEST {
            return Err(Fault::invalid("validation_failed").field("name", "invalid"));
        }
        let can = ticked(form);
        if can.iter().next().is_none() {
            return Err(Fault::invalid("validation_failed").field("can", "required"));
        }
        Ok(Self { name: name.to_owned(), can })
    }
}

/// The permissions whose boxes are ticked.
pub fn ticked(form: &HashMap<String, String>) -> PermissionSet {
    form.keys().filter_map(|field| Permission::from_code(field.strip_prefix(BOX)?)).collect()
}

/// The name of a permission's box.
pub fn box_of(permission: Permission) -> String {
    format!("{BOX}{}", permission.code())
}

/// Whether another role in use is called so, in any language: people tell roles apart by their names alone.
pub fn is_taken(name: &str, code: &str, own: &[OwnRole]) -> bool {
    let wanted = name.to_lowercase();
    let built_in =
        Role::ALL.into_iter().flat_map(|role| Language::ALL.map(|lang| views::role_name(lang, role.code())));
    let others = own.iter().filter(|role| !role.retired && role.code != code).map(|role| role.name.clone());
    built_in.chain(others).any(|each| each.to_lowercase() == wanted)
}

/// A code for a new role, made of its name: one that no role has or had, nor the page that makes them.
pub fn code_for(name: &str, own: &[OwnRole]) -> String {
    let slug = Slug::from_title(name);
    let has_letters = name.chars().any(|letter| letter.is_ascii_alphanumeric());
    let base = if has_letters { slug.as_str().replace('-', "_") } else { "role".to_owned() };
    let taken = |code: &str| {
        code == "new" || code.parse::<Role>().is_ok() || own.iter().any(|role| role.code == code)
    };
    let mut code = base.clone();
    let mut number = 1_u32;
    while taken(&code) {
        number += 1;
        code = format!("{base}_{number}");
    }
    code
}

#[cfg(test)]
mod tests {
    use super::{OwnRole, code_for, is_taken};
    use domain::permission::PermissionSet;

    fn own(code: &str, name: &str, retired: bool) -> OwnRole {
        OwnRole { code: code.to_owned(), name: name.to_owned(), can: PermissionSet::default(), retired }
    }

    #[test]
    fn a_new_role_has_a_code_that_no_other_has_or_had() {
        let mine = [own("bar_lead", "Bar lead", false), own("bar_lead_2", "Bar lead", true)];
        for (name, code) in [
            ("Barra de día", "barra_de_dia"),
            ("Bar lead", "bar_lead_3"),
            ("New", "new_2"),
            ("Owner!", "owner_2"),
            ("バー", "role"),
        ] {
            assert_eq!(code_for(name, &mine), code, "{name}");
        }
    }

    #[test]
    fn a_name_is_one_role_s_alone() {
        let mine = [own("bar_lead", "Bar lead", false), own("cloakroom", "Cloakroom", true)];
        for taken in ["BAR LEAD", "Manager", "gerencia", "door"] {
            assert!(is_taken(taken, "", &mine), "{taken}");
        }
        assert!(!is_taken("Cloakroom", "", &mine), "nobody has that one any more");
        assert!(!is_taken("Bar Lead", "bar_lead", &mine), "it is its own");
    }
}
