//! The night's plan on the board: each table in the colour of how it stands, with the name of whoever has it.

use std::collections::HashMap;

use askama::Template;
use domain::language::Language;
use domain::reservation::ReservationState as State;
use ui::Shell;
use uuid::Uuid;

use super::room::Room;
use super::store::Reservation;
use crate::venue::drawing::{self, Mark};

/// How a table may stand: its class, and the key of its word.
const STATES: [(&str, &str); 5] = [
    ("is-free", "reservations-live-free"),
    ("is-held", "reservations-state-pending"),
    ("is-expected", "reservations-state-confirmed"),
    ("is-inside", "reservations-state-checked-in"),
    ("is-kept", "reservations-live-kept"),
];

/// What a colour means.
pub(super) struct Legend {
    pub class: &'static str,
    pub word: String,
}

/// All of them.
pub(super) fn legend(shell: &Shell) -> Vec<Legend> {
    STATES.into_iter().map(|(class, key)| Legend { class, word: shell.t(key) }).collect()
}

/// The plan as SVG; empty where the night has none.
pub(super) fn picture(
    room: &Room,
    all: &[Reservation],
    title: &str,
    lang: Language,
) -> Result<String, askama::Error> {
    let Some(plan) = room.drawing() else { return Ok(String::new()) };
    let mut whose: HashMap<Uuid, Mark> = HashMap::new();
    for row in all {
        let Some(class) = row.state().and_then(class) else { continue };
        for table in row.tables() {
            whose.insert(table.id, Mark { class, name: row.booker_name.clone() });
        }
    }
    let nobodys = |id| {
        let class = if room.keeps(id) { "is-kept" } else { "is-free" };
        Mark { class, name: String::new() }
    };
    let mark = |id: Uuid| Some(whose.get(&id).cloned().unwrap_or_else(|| nobodys(id)));
    drawing::marked(plan, title, lang, mark).render()
}

/// Only of who has a table.
fn class(state: State) -> Option<&'static str> {
    match state {
        State::Pending => Some("is-held"),
        State::Confirmed => Some("is-expected"),
        State::CheckedIn => Some("is-inside"),
        State::Requested | State::Closed | State::Expired | State::Cancelled | State::NoShow => None,
    }
}
