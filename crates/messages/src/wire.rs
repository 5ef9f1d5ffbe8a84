//! Instants, and rules of entry, as they travel.

use chrono::{DateTime, Utc};

/// An instant as it travels: unix milliseconds UTC.
pub fn millis(instant: DateTime<Utc>) -> i64 {
    instant.timestamp_millis()
}

/// An instant that travelled; `None` for 0 (absent) and for what no calendar holds.
pub fn instant(millis: i64) -> Option<DateTime<Utc>> {
    (millis != 0).then(|| DateTime::from_timestamp_millis(millis)).flatten()
}

/// How often a ticket's guest may come in, as it travels: -1 is any number.
pub fn entries(allowed: Option<u16>) -> i64 {
    allowed.map_or(-1, i64::from)
}

/// How often a ticket's guest may come in; `None` is as often as they like. What older senders leave out is a single entry.
pub fn entries_allowed(entries: i64) -> Option<u16> {
    u16::try_from(entries).ok().map(|counted| counted.max(1))
}

#[cfg(test)]
mod tests {
    use super::{entries, entries_allowed};

    #[test]
    fn a_rule_of_entry_survives_its_way_and_an_older_sender_means_once() {
        for allowed in [None, Some(1), Some(2), Some(99)] {
            assert_eq!(entries_allowed(entries(allowed)), allowed);
        }
        assert_eq!(entries_allowed(0), Some(1));
    }
}
