//! The part of a plan, and of a taken table's sheet, where a guest asks to be told when a table comes free.

use domain::language::Language;
use ui::text;

use crate::tables::floor::{Look, TableState};
use crate::tables::page::PlanQuery;

/// What the guest had written.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// How many come.
    pub party: String,
    /// The guest's name.
    pub name: String,
    /// Where the mail goes.
    pub email: String,
}

/// What was wrong with it: the keys of what is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// How many come.
    pub party: Option<&'static str>,
    /// The name.
    pub name: Option<&'static str>,
    /// The address.
    pub email: Option<&'static str>,
    /// Nothing, but a table is free.
    pub free: bool,
}

impl Faults {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What the page shows.
#[derive(Debug)]
pub(crate) struct Part {
    pub written: Written,
    /// An access code that the form carries on.
    pub code: String,
    /// The largest party that a table takes.
    pub most: i64,
    pub party_error: String,
    pub name_error: String,
    pub email_error: String,
    /// A table is free: there is nothing to wait for.
    pub free: bool,
    /// Joined just before.
    pub joined: bool,
}

/// The part; `None` where a table is free for the party, or none is large enough.
pub(crate) fn of(
    look: &Look,
    query: &PlanQuery,
    mut written: Written,
    faults: Faults,
    lang: Language,
) -> Option<Part> {
    let (joined, most) = (query.joined == "1" && faults.is_empty(), most(look));
    if !joined && faults.is_empty() && !all_are_had(look, query.party().unwrap_or(1)) {
        return None;
    }
    if written.party.is_empty() {
        written.party = query.party().unwrap_or(2).min(most).to_string();
    }
    let said =
        |key: Option<&'static str>| key.map(|key| text(lang, key, &[("most", &most)])).unwrap_or_default();
    Some(Part {
        party_error: said(faults.party),
        name_error: said(faults.name),
        email_error: said(faults.email),
        code: query.code.trim().to_owned(),
        free: faults.free,
        written,
        joined,
        most,
    })
}

/// Whether tables take such a party, and each of them is held or taken.
fn all_are_had(look: &Look, party: i64) -> bool {
    let mut fitting = look.tables().filter(|(table, _)| table.for_sale && table.seats >= party).peekable();
    fitting.peek().is_some() && fitting.all(|(_, state)| state != TableState::Free)
}

/// The largest party that a table takes.
pub(super) fn most(look: &Look) -> i64 {
    look.tables().filter(|(table, _)| table.for_sale).map(|(table, _)| table.seats).max().unwrap_or(0)
}
