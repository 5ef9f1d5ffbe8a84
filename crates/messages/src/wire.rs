//! Instants as they travel.

use chrono::{DateTime, Utc};

/// An instant as it travels: unix milliseconds UTC.
pub fn millis(instant: DateTime<Utc>) -> i64 {
    instant.timestamp_millis()
}

/// An instant that travelled; `None` for 0 (absent) and for what no calendar holds.
pub fn instant(millis: i64) -> Option<DateTime<Utc>> {
    (millis != 0).then(|| DateTime::from_timestamp_millis(millis)).flatten()
}
