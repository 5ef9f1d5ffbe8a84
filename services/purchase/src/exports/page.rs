//! A page of rows, and where the next one begins.
//!
//! The place in the list of movements stands in addresses of the desk's page, so whoever has that page could write another: it is
//! signed ([`PageMarks`]), and only what we wrote is read. The other lists are read by our own services alone.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use internal_api::purchase::exports::Page;
use serde::Deserialize;
use settings::Secret;
use sha2::Sha256;
use uuid::Uuid;
use web::Fault;

/// Rows in a page.
pub const MOST: usize = 1000;
/// Bytes of the HMAC that stand in a place: 128 bits.
const MARK_BYTES: usize = 16;

/// 422 for a page that cannot be: a place that we did not write, or a size that is none.
pub(crate) fn no_page(field: &'static str) -> Fault {
    Fault::invalid("invalid_page").field(field, "invalid_page")
}

/// How many rows a page is to have.
pub(super) fn size(asked: Option<&str>) -> Result<usize, Fault> {
    let Some(asked) = asked else { return Ok(MOST) };
    asked.parse().ok().filter(|most| (1..=MOST).contains(most)).ok_or_else(|| no_page("most"))
}

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
    pub after: Option<String>,
}

impl OfNight {
    /// Before the first key there is none. 422 `invalid_page` for what is no key.
    pub(super) fn begin(&self) -> Result<Uuid, Fault> {
        let after = self.after.as_deref();
        after.map_or(Ok(Uuid::nil()), |after| after.parse().map_err(|_| no_page("after")))
    }
}

/// A place in a list by time, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) at: DateTime<Utc>,
    pub(super) id: Uuid,
}

/// Signs places in lists, and reads those that it signed.
#[derive(Clone)]
pub struct PageMarks {
    secret: Secret,
}

impl std::fmt::Debug for PageMarks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PageMarks").finish_non_exhaustive()
    }
}

impl PageMarks {
    /// From the secret that orders' addresses are made of.
    pub fn new(secret: Secret) -> Self {
        Self { secret }
    }

    /// A place as it is told.
    pub(super) fn written(&self, place: Place) -> String {
        let said = format!("{}.{}", place.at.timestamp_micros(), place.id);
        let mark = URL_SAFE_NO_PAD.encode(&self.mac(&said).finalize().into_bytes()[..MARK_BYTES]);
        format!("{said}.{mark}")
    }

    /// As it was told; 422 `invalid_page` for anything else.
    pub(super) fn read(&self, text: &str) -> Result<Place, Fault> {
        let place = || {
            let (said, mark) = text.rsplit_once('.')?;
            let mark = URL_SAFE_NO_PAD.decode(mark).ok()?;
            let ours = mark.len() == MARK_BYTES && self.mac(said).verify_truncated_left(&mark).is_ok();
            let (micros, id) = said.split_once('.').filter(|_| ours)?;
            let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
            Some(Place { at, id: id.parse().ok()? })
        };
        place().ok_or_else(|| no_page("after"))
    }

    fn mac(&self, said: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose().as_bytes())
            .expect("HMAC takes a key of any length");
        // Another word than an address begins with: no mark opens anything.
        mac.update(b"maguey-page-mark");
        mac.update(said.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, PageMarks, Place, of, size};
    use chrono::DateTime;
    use settings::Secret;
    use uuid::Uuid;

    #[test]
    fn a_place_is_read_as_it_was_written_and_nothing_else_is_one() {
        let at = DateTime::from_timestamp_micros(1_795_000_000_123_456).expect("in range");
        let place = Place { at, id: Uuid::now_v7() };
        let marks = PageMarks::new(Secret::new("a secret for this test"));
        let written = marks.written(place);
        assert_eq!(marks.read(&written).expect("a place"), place);
        let (said, mark) = written.rsplit_once('.').expect("a mark");
        let bare = said.to_owned();
        let moved = format!("{}.{}.{mark}", i64::MIN / 2, place.id);
        let cut = written[..written.len() - 4].to_owned();
        let foreign = PageMarks::new(Secret::new("another secret")).written(place);
        for wrong in [&*bare, &*moved, &*cut, &*foreign, "", ".", "1", "x.0199", "1.not-an-id.AAAA", "-"] {
            let fault = marks.read(wrong).expect_err(wrong);
            assert_eq!((fault.status().as_u16(), fault.code()), (422, "invalid_page"), "{wrong}");
        }
    }

    #[test]
    fn a_page_has_as_many_rows_as_one_may() {
        assert_eq!(size(None).expect("the usual"), MOST);
        assert_eq!(size(Some("1")).expect("one"), 1);
        for wrong in ["0", "-1", "1001", "1000000000", "1e3", "", "many", "99999999999999999999"] {
            assert_eq!(size(Some(wrong)).expect_err(wrong).code(), "invalid_page", "{wrong}");
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
