//! A guest's own pages, an order's and a ticket's, that open without network: at the door of a club there often is none.
//!
//! The pages themselves stay `no-store`: nothing between us and the guest keeps them, and no browser does by itself. What is kept is kept by
//! our own worker (`assets/keep-worker.js`) on the guest's phone, one for each page: it sees that page's address and no other
//! ([`worker`]), and keeps the page, its styles and its art in a place of its own that goes with it. The answer says in one header
//! until when it may be kept ([`KEEP_UNTIL`]): no header, nothing to keep, and what was kept is forgotten. The rule is
//! [`domain::ticket::kept_until`].
//!
//! A phone keeps the page by itself: who comes to the door without a signal has not pressed a button the day before. Any
//! other device may be shared, and nobody carries it to the door: it keeps nothing before it is asked to. Who has pressed *Forget* is
//! asked from then on, on that device. All of that is `assets/keep.js`.

pub mod worker;

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use domain::ticket::kept_until;
use ui::{format, text};

use crate::catalog::store::EventRow;

/// Says until when the worker may keep an answer.
const KEEP_UNTIL: &str = "keep-until";

/// What a page with good tickets says about being kept, and what its script needs for it.
pub(crate) struct Keeping {
    /// The page's path: what its worker sees.
    pub(crate) page: String,
    /// Where its worker is.
    pub(crate) worker: String,
    /// Where the script is that asks it.
    pub(crate) script: String,
    /// "Kept on this device until…".
    pub(crate) kept: String,
    /// "No connection: as of 21:14": shown of the copy alone.
    pub(crate) as_of: String,
    until: DateTime<Utc>,
}

impl Keeping {
    /// Of the page at `path`, which shows tickets that let in; nothing once its night is long over.
    pub(crate) fn of(path: &str, event: &EventRow, lang: Language, now: DateTime<Utc>) -> Option<Self> {
        let until = kept_until(event.ends_at, now)?;
        let tz: Tz = event.time_zone.parse().unwrap_or_default();
        let at = |instant| format::date_time(lang, instant, tz);
        Some(Self {
            page: path.to_owned(),
            worker: format!("/kept{path}"),
            script: crate::assets::url("keep.js"),
            kept: text(lang, "kept-here", &[("until", &at(until))]),
            as_of: text(lang, "kept-as-of", &[("at", &at(now))]),
            until,
        })
    }

    /// For [`offered`].
    pub(crate) const fn until(&self) -> DateTime<Utc> {
        self.until
    }
}

/// An answer that the page's worker may keep, where there is something to keep.
pub(crate) fn offered(mut response: HttpResponse, until: Option<DateTime<Utc>>) -> HttpResponse {
    if let Some(until) = until.and_then(|until| HeaderValue::from_str(&format::iso(until)).ok()) {
        response.headers_mut().insert(HeaderName::from_static(KEEP_UNTIL), until);
    }
    response
}
