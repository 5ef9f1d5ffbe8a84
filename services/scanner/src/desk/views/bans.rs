//! Bans, as supervisors read and make them.

use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use ui::format;
use uuid::Uuid;

use super::Frame;
use crate::bans::list::BanView;
use crate::desk::bans::BanForm;

/// `/desk/bans`
#[derive(Template)]
#[template(path = "desk/bans.html")]
pub struct BansPage {
    /// See [`Frame`].
    pub frame: Frame,
    /// Whether documents can be known again.
    pub documents: bool,
    /// Bans that somebody may end.
    pub running: Vec<BanCard>,
    /// Bans that are over and not yet erased.
    pub ended: Vec<BanCard>,
    /// What is filled in.
    pub form: BanForm,
}

impl BansPage {
    /// For how long: the days, their words, and whether they are chosen.
    fn spans(&self) -> Vec<(&'static str, String, bool)> {
        let spans = ["1", "30", "90", "180", "365", ""];
        let keys = ["night", "month", "quarter", "half", "year", "good"];
        let span = |(days, key): (&'static str, &str)| {
            (days, self.shell.t(&format!("door-desk-span-{key}")), days == self.form.days)
        };
        spans.into_iter().zip(keys).map(span).collect()
    }
}

/// A ban.
pub struct BanCard {
    /// The ban.
    pub id: Uuid,
    /// The name; may be empty.
    pub name: String,
    /// Whether a document is known.
    pub document: bool,
    /// What they look like; may be empty.
    pub note: String,
    /// Why.
    pub reason: String,
    /// From when on.
    pub from: String,
    /// Until when; empty for good.
    pub until: String,
    /// Who made it.
    pub by: String,
    /// The photograph, if it has not been erased.
    pub photo: Option<Uuid>,
    /// Whether it is not over.
    pub may_end: bool,
    /// Who ended it, and what was said; empty where time did.
    pub ended_by: String,
    /// What was said for them; may be empty.
    pub appeal: String,
}

impl BanCard {
    /// The ban in the reader's language.
    pub fn new(ban: BanView, photos: &[Uuid], language: Language, tz: Tz, now: DateTime<Utc>) -> Self {
        let told = |at| format::date_time(language, at, tz);
        // One that has yet to begin is neither in force nor over.
        let over = ban.ended_at.is_some() || ban.until.is_some_and(|until| until <= now);
        Self {
            id: ban.id,
            photo: ban.photo.filter(|photo| photos.contains(photo)),
            name: ban.name,
            document: ban.has_document,
            note: ban.photo_note,
            reason: ban.reason,
            from: told(ban.from),
            until: ban.ended_at.or(ban.until).map(told).unwrap_or_default(),
            by: ban.created_by,
            may_end: !over,
            ended_by: ban.ended_by.unwrap_or_default(),
            appeal: ban.appeal_note.unwrap_or_default(),
        }
    }
}
