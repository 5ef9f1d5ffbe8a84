//! A page of rows, and where the next one begins.

use chrono::{DateTime, Utc};
use domain::clock::is_plausible;
use internal_api::purchase::exports::Page;
use serde::Deserialize;
use uuid::Uuid;
use web::Fault;

/// Rows in a page.
pub const MOST: usize = 1000;

/// A page that is the last unless it is full; `key` is where a row stands.
pub(super) fn of<T>(rows: Vec<T>, most: usize, key: impl Fn(&T) -> String) -> Page<T> {
    let next = if rows.len() < most { None } else { rows.last().map(key) };
    Page { rows, next }
}

/// Which rows of a night.
#[derive(Debug, Deserialize)]
pub struct OfNight {
    /// The night.
    pub event: Uuid,
    /// Those after this one.
    pub after: Option<Uuid>,
}

impl OfNight {
    /// Before the first key there is none.
    pub(super) fn begin(&self) -> Uuid {
        self.after.unwrap_or(Uuid::nil())
    }
}

/// A place in a list by time, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) at: DateTime<Utc>,
    pub(super) id: Uuid,
}

impl Place {
    /// As it is told.
    pub(super) fn written(self) -> String {
        format!("{}.{}", self.at.timestamp_micros(), self.id)
    }

    /// As it was told; 422 `invalid_cursor` for anything else.
    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        let place = || {
            let (micros, id) = text.split_once('.')?;
            let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
            is_plausible(at).then_some(Self { at, id: id.parse().ok()? })
        };
        place().ok_or_else(|| Fault::invalid("invalid_cursor"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, of};
    use chrono::DateTime;
    use uuid::Uuid;

    #[test]
    fn a_place_is_read_as_it_was_written_and_nothing_else_is_one() {
        let at = DateTime::from_timestamp_micros(1_795_000_000_123_456).expect("in range");
        let place = Place { at, id: Uuid::now_v7() };
        assert_eq!(Place::read(&place.written()).expect("a place"), place);
        let far = format!("{}.{}", i64::MIN / 2, Uuid::now_v7());
        for wrong in [&*far, "", ".", "1", "x.0199", "1.not-an-id", "99999999999999999999.0", "-"] {
            assert!(Place::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_page_that_is_not_full_is_the_last() {
        let key = |row: &u8| row.to_string();
        assert_eq!(of(vec![1_u8, 2], 3, key).next, None);
        assert_eq!(of(vec![1_u8, 2, 3], 3, key).next.as_deref(), Some("3"));
        assert_eq!(of(Vec::new(), 3, key).next, None);
    }
}
