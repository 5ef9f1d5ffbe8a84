//! A night's list as the page shows it: searched, counted, and in words.

use std::collections::HashSet;

use chrono_tz::Tz;
use ui::{Shell, format};
use uuid::Uuid;

use super::purchase::{Allotment, Entry};
use crate::events::form::LOCAL;

/// An entry in words.
pub(super) struct Line {
    pub id: String,
    pub name: String,
    pub email: String,
    pub note: String,
    pub ticket_type: String,
    pub promoter: String,
    pub arrived: String,
    /// Whether all have come.
    pub whole: bool,
    /// That guests of it are inside, so that nobody takes them off by mistake; empty while nobody has come.
    pub inside: String,
    pub until: String,
    /// The same, as a field takes it.
    pub until_local: String,
    pub party: u32,
    pub url: String,
    /// The pages of those who joined the party later.
    pub more_urls: Vec<String>,
    /// What is waited for; empty for nothing.
    pub waiting: String,
}

impl Line {
    pub(super) fn of(entry: &Entry, admitted: &HashSet<Uuid>, shell: &Shell, zone: Tz) -> Self {
        let arrived = arrived(entry, admitted);
        let waits = entry.wanted < entry.party;
        Self {
            id: entry.id.to_string(),
            name: entry.name.clone(),
            email: entry.email.clone(),
            note: entry.note.clone(),
            ticket_type: entry.ticket_type.clone(),
            promoter: entry.promoter.clone(),
            arrived: shell.t2("guest-list-arrived-of", "arrived", arrived, "party", entry.party),
            inside: match arrived {
                0 => String::new(),
                some if some >= u64::from(entry.party) => shell.t("guest-list-inside-all"),
                some => shell.t1("guest-list-inside-some", "arrived", some),
            },
            whole: arrived >= u64::from(entry.party),
            until: format::date_time(shell.lang, entry.admit_until, zone),
            until_local: entry.admit_until.with_timezone(&zone).format(LOCAL).to_string(),
            party: entry.party,
            url: entry.url.clone(),
            more_urls: entry.more_urls.clone(),
            waiting: if waits {
                shell.t1("guest-list-waiting-line", "left", entry.wanted)
            } else {
                String::new()
            },
        }
    }
}

/// How many of an entry have come.
pub(super) fn arrived(entry: &Entry, admitted: &HashSet<Uuid>) -> u64 {
    entry.tickets.iter().filter(|ticket| admitted.contains(*ticket)).count() as u64
}

/// Whether an entry is what somebody looks for: by part of a name, whatever the case.
pub(super) fn fits(entry: &Entry, wanted: &str) -> bool {
    let wanted = wanted.trim().to_lowercase();
    [&entry.name, &entry.email, &entry.promoter, &entry.note, &entry.reference]
        .iter()
        .any(|text| text.to_lowercase().contains(&wanted))
}

/// A promoter in words.
pub(super) struct PromoterLine {
    pub name: String,
    pub told: String,
}

impl PromoterLine {
    pub(super) fn of(allotment: &Allotment, shell: &Shell) -> Self {
        let taken = allotment.taken;
        Self {
            name: allotment.promoter.clone(),
            told: match allotment.places {
                Some(places) => shell.t2("guest-list-allotment-of", "taken", taken, "places", places),
                None => shell.t1("guest-list-allotment-open", "taken", taken),
            },
        }
    }
}
