//! The part of the form that says how often a ticket's guest comes in.

use super::Form;
use super::reading::Reading;

/// Going out and in again as often as they like.
const ANY: &str = "any";
/// What stands in the list beside "no" and "any number", unless the night has another.
const COUNTED: std::ops::RangeInclusive<u16> = 2..=5;

/// What the field says of a rule; nothing for a single entry.
pub(super) fn text(entries: Option<u16>) -> String {
    match entries {
        None => ANY.to_owned(),
        Some(1) => String::new(),
        Some(counted) => counted.to_string(),
    }
}

impl Form {
    /// What a ticket type can say: nothing, [`ANY`], or a number of entries.
    pub fn entry_rules(&self, row: &str) -> Vec<String> {
        let chosen = self.value(self.path("ticket_types", row, "entries"));
        let mut rules = vec![text(Some(1)), text(None)];
        rules.extend(COUNTED.map(|counted| counted.to_string()));
        if chosen.parse::<u16>().is_ok() && !rules.contains(&chosen) {
            rules.push(chosen);
        }
        rules
    }
}

impl Reading<'_> {
    /// A single entry, unless it says otherwise.
    pub(super) fn entries(&mut self, name: &str) -> Option<u16> {
        if self.optional(name).as_deref() == Some(ANY) {
            return None;
        }
        // What is no number is noted as such; one that is too large is out of range, as none is.
        Some(self.whole(name, Some(1)).map_or(1, |counted| u16::try_from(counted).unwrap_or(0)))
    }
}
