//! What a pass shows of its ticket and its night. Only what is among it is a change that a phone is told of: a new price or another
//! description is none.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::catalog::store::EventRow;

/// Whether a pass is one that lets in: a ticket that is good, to a night that is not called off.
pub(crate) fn lets_in(ticket_state: &str, event: &EventRow) -> bool {
    ticket_state == "valid" && event.status != "cancelled"
}

/// What a pass shows of a ticket.
pub(crate) struct Face<'a> {
    pub state: &'a str,
    pub holder: &'a str,
    pub type_name: &'a str,
    /// From when and until when it lets in, where that is not as long as the doors are open.
    pub times: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    /// Whether its code moves.
    pub moves: bool,
}

impl Face<'_> {
    /// A hash of that and of what it shows of the night.
    pub(crate) fn hash(&self, event: &EventRow) -> Vec<u8> {
        let shown = json!([
            lets_in(self.state, event),
            self.holder,
            self.type_name,
            self.times,
            self.moves,
            event.title,
            event.starts_at,
            event.ends_at,
            event.time_zone,
            event.venue_name,
            event.venue_address,
        ]);
        Sha256::digest(shown.to_string().as_bytes()).to_vec()
    }
}

/// When a pass that changes now did so last, in the whole seconds that HTTP knows: later than what any phone has of it.
pub(crate) fn next_version(before: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    version(now).max(before + TimeDelta::seconds(1))
}

/// An instant as HTTP knows it.
pub(crate) fn version(now: DateTime<Utc>) -> DateTime<Utc> {
    now.trunc_subsecs(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_changes_of_one_second_are_two_versions() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let first = next_version(at("2026-11-20T10:00:00Z"), at("2026-11-20T10:00:05.700Z"));
        assert_eq!(first, at("2026-11-20T10:00:05Z"));
        let second = next_version(first, at("2026-11-20T10:00:05.900Z"));
        assert_eq!(second, at("2026-11-20T10:00:06Z"));
    }
}
