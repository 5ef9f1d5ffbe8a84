//! What roles let people do, and on which nights: the nine that every club has, and those of its own making.

pub mod store;

use domain::language::Language;

use crate::views;

/// A role of the club's own making.
#[derive(Debug, Clone)]
pub struct OwnRole {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it is given to nobody any more.
    pub retired: bool,
}

/// What people call a role.
pub fn name_of(lang: Language, code: &str, own: &[OwnRole]) -> String {
    let own = own.iter().find(|role| role.code == code);
    own.map_or_else(|| views::role_name(lang, code), |role| role.name.clone())
}
