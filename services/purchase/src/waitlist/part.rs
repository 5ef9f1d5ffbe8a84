//! The part of a night's page where a guest joins a line.

use chrono::{DateTime, Utc};
use domain::language::Language;
use ui::text;

use super::join::largest_party;
use crate::catalog::night::{Night, Offer};

/// What the guest had written.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// The ticket type.
    pub ticket_type: String,
    /// How many come.
    pub party: String,
    /// The guest's name.
    pub name: String,
    /// Where offers are mailed.
    pub email: String,
}

/// What was wrong with it, by field: stable codes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// The ticket type.
    pub ticket_type: Option<&'static str>,
    /// How many come.
    pub party: Option<&'static str>,
    /// The name.
    pub name: Option<&'static str>,
    /// The address.
    pub email: Option<&'static str>,
}

impl Faults {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What the page shows of the lines: nothing where there is nothing to wait for.
#[derive(Debug)]
pub(crate) struct Part {
    /// Sold-out types.
    pub kinds: Vec<Kind>,
    pub written: Written,
    pub most: u32,
    pub type_error: String,
    pub party_error: String,
    pub name_error: String,
    pub email_error: String,
    /// The type whose line was joined just before.
    pub joined: Option<String>,
}

/// A ticket type that can be waited for.
#[derive(Debug)]
pub(crate) struct Kind {
    pub id: String,
    pub name: String,
    pub chosen: bool,
}

/// The part for a night as a guest sees it.
pub(crate) fn of(
    night: &Night,
    lang: Language,
    now: DateTime<Utc>,
    mut written: Written,
    faults: Faults,
    joined: &str,
) -> Option<Part> {
    let sold_out: Vec<_> = night
        .types
        .iter()
        .filter(|kind| kind.priced.terms.stands_alone() && kind.offer(now) == Offer::SoldOut)
        .collect();
    let joined = night.types.iter().find(|kind| kind.id.to_string() == joined).map(|kind| kind.name.clone());
    if sold_out.is_empty() && joined.is_none() && faults.is_empty() {
        return None;
    }
    let known = sold_out.iter().any(|kind| kind.id.to_string() == written.ticket_type);
    if let Some(first) = sold_out.first().filter(|_| !known) {
        written.ticket_type = first.id.to_string();
    }
    if written.party.is_empty() {
        "2".clone_into(&mut written.party);
    }
    let most = sold_out.iter().map(|kind| largest_party(kind)).max().unwrap_or(1);
    if most == 1 {
        "1".clone_into(&mut written.party);
    }
    let said = |code: Option<&'static str>| {
        let key = code.map(|code| format!("shared-error-{}", code.replace('_', "-")));
        key.map(|key| text(lang, &key, &[("most", &most)])).unwrap_or_default()
    };
    Some(Part {
        kinds: sold_out
            .iter()
            .map(|kind| Kind {
                id: kind.id.to_string(),
                name: kind.name.clone(),
                chosen: kind.id.to_string() == written.ticket_type,
            })
            .collect(),
        most,
        type_error: said(faults.ticket_type),
        party_error: said(faults.party),
        name_error: said(faults.name),
        email_error: said(faults.email),
        written,
        joined,
    })
}
