//! What roles let people do, and on which nights: the nine that every club has, and those of its own making. The desk's pages
//! show them side by side ([`list_page`]), and make, change and retire the club's own ([`form_page`], [`act`]).

pub mod act;
pub mod form_page;
pub mod group;
pub mod list_page;
pub mod store;
pub mod wanted;

use domain::language::Language;
use domain::permission::{Grants, PermissionSet};

use crate::views;

/// A role of the club's own making.
#[derive(Debug, Clone)]
pub struct OwnRole {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it lets people do, as long as it is not retired.
    pub can: PermissionSet,
    /// Whether it is given to nobody any more.
    pub retired: bool,
}

/// What people call a role.
pub fn name_of(lang: Language, code: &str, own: &[OwnRole]) -> String {
    let own = own.iter().find(|role| role.code == code);
    own.map_or_else(|| views::role_name(lang, code), |role| role.name.clone())
}

/// Whether people with these permissions need a second factor.
fn needs_second_factor(can: PermissionSet) -> bool {
    Grants::of("", can).needs_second_factor()
}
