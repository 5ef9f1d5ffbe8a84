//! When and where: what every document says about the night.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use domain::night::BusinessNight;
use ui::format;

/// One night of the club, as far as a document names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Night {
    /// Its title.
    pub title: String,
    /// When the doors open.
    pub starts: DateTime<Utc>,
    /// When it ends; after `starts`.
    pub ends: DateTime<Utc>,
    /// The venue's zone: every time on paper is on this clock.
    pub zone: Tz,
    /// The venue's name.
    pub venue: String,
    /// Its address, on one line.
    pub address: String,
}

impl Night {
    /// `Friday 27 November 2026`: the date of the business night, also for doors at 00:30.
    pub(crate) fn date(&self, lang: Language) -> String {
        format::calendar_date(lang, BusinessNight::of(self.starts, self.zone).date())
    }

    /// `Friday night, doors 22:00, until Saturday 06:00`: the words of the page.
    pub(crate) fn hours(&self, lang: Language) -> String {
        format::night(lang, self.starts, self.ends, self.zone)
    }

    /// `Fri 27 Nov`.
    pub(crate) fn short_date(&self, lang: Language) -> String {
        let (weekday, day, month) = format::night_date(lang, self.starts, self.zone);
        format!("{weekday} {day} {month}")
    }

    /// `2026-11-27T22:00:00+01:00`: the instant with the venue's offset, as both wallets read it.
    pub(crate) fn local(&self, instant: DateTime<Utc>) -> String {
        instant.with_timezone(&self.zone).to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
    }
}
