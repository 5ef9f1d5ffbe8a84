//! The desk's templates.

use std::ops::Deref;

use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{language::Language, permission::Permission};
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::Staff;

use super::{bans::BanForm, report::Filled, store::Settings};
use crate::Door;
use crate::app::{assets::BUNDLE, shell};
use crate::bans::{check::BanMatch, list::BanView};
use crate::counter::store::zones::ZoneRow;
use crate::door::list::EventView;
use crate::incidents::{Kind, list::IncidentView};

/// What was done before the page is shown, as its address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: String,
}

/// What all pages of the desk have: pages read it as if it were their own.
pub struct Frame {
    /// The frame of the site.
    pub shell: Shell,
    /// For the hidden field of forms.
    pub csrf: String,
    /// Whether the reader answers for the door.
    pub supervises: bool,
    /// Key of what was done; empty for nothing.
    pub done: &'static str,
    /// Key of what went wrong; empty for nothing.
    pub problem: &'static str,
}

/// The frame for this reader.
pub fn frame<P>(
    door: &Door,
    staff: &Staff<P>,
    language: Language,
    title_key: &'static str,
    path: &'static str,
) -> Frame {
    Frame {
        shell: shell(language, title_key, &door.links).at(path),
        csrf: staff.csrf_token().to_owned(),
        supervises: staff.role.may(Permission::DoorSupervise),
        done: "",
        problem: "",
    }
}

impl Frame {
    /// Says what was done, if the address names something that can be.
    pub fn done(mut self, done: &Done) -> Self {
        self.done = match done.done.as_str() {
            "banned" => "door-desk-done-banned",
            "unbanned" => "door-desk-done-unbanned",
            "settings" => "door-desk-done-settings",
            "limit" => "door-desk-done-limit",
            _ => "",
        };
        self
    }

    /// Says what went wrong.
    pub fn refused(self, problem: &'static str) -> Self {
        self.said("", problem)
    }

    /// Says what was done or what went wrong.
    pub fn said(mut self, done: &'static str, problem: &'static str) -> Self {
        (self.done, self.problem) = (done, problem);
        self
    }

    /// The address of a file of the page.
    pub fn asset(&self, name: &str) -> String {
        BUNDLE.url(name)
    }
}

macro_rules! framed {
    ($($page:ident),*) => {$(
        impl Deref for $page {
            type Target = Frame;
            fn deref(&self) -> &Frame {
                &self.frame
            }
        }
    )*};
}
framed!(HomePage, ReportPage, CheckPage, IncidentsPage, BansPage, SettingsPage);

/// A night in a line.
pub struct NightLink {
    /// The event.
    pub id: Uuid,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub title: String,
    /// `Friday night, doors 22:00, until Saturday 06:00`
    pub when: String,
    /// Whether it is tonight's.
    pub tonight: bool,
    /// People inside.
    pub inside: i64,
}

impl NightLink {
    /// The night in the reader's language, on the venue's clock.
    pub fn new(event: &EventView, language: Language) -> Self {
        Self {
            id: event.id,
            slug: event.slug.clone(),
            title: event.title.clone(),
            when: format::night(language, event.starts_at, event.ends_at, zone(event)),
            tonight: event.tonight,
            inside: event.inside,
        }
    }
}

fn zone(event: &EventView) -> Tz {
    event.time_zone.parse().unwrap_or(chrono_tz::UTC)
}

/// `/desk`
#[derive(Template)]
#[template(path = "desk/home.html")]
pub struct HomePage {
    /// See [`Frame`].
    pub frame: Frame,
    /// The night, if there is one.
    pub night: Option<NightLink>,
    /// How many may be inside; none for as many as come.
    pub limit: Option<i32>,
    /// Its zones, where there is more than one or one has a limit.
    pub zones: Vec<ZoneRow>,
    /// The other ones.
    pub others: Vec<NightLink>,
    /// Incidents of the night.
    pub incidents: i64,
    /// Bans in force.
    pub bans: usize,
}

/// A gate to choose.
pub struct GateChoice {
    /// The gate.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// `/desk/incident`
#[derive(Template)]
#[template(path = "desk/incident.html")]
pub struct ReportPage {
    /// See [`Frame`].
    pub frame: Frame,
    /// The night, if there is one.
    pub night: Option<NightLink>,
    /// Its gates.
    pub gates: Vec<GateChoice>,
    /// Whether a photograph may be added.
    pub photos_on: bool,
    /// What is filled in.
    pub filled: Filled,
}

impl ReportPage {
    fn kinds(&self) -> Vec<(&'static str, String, bool)> {
        let kind =
            |kind: Kind| (kind.code(), kind_word(&self.shell, kind.code()), kind.code() == self.filled.kind);
        Kind::ALL.into_iter().map(kind).collect()
    }
}

fn kind_word(shell: &Shell, kind: &str) -> String {
    shell.t(&format!("door-desk-kind-{kind}"))
}

/// `/desk/check`
#[derive(Template)]
#[template(path = "desk/check.html")]
pub struct CheckPage {
    /// See [`Frame`].
    pub frame: Frame,
    /// What was found, once something was asked.
    pub found: Option<Vec<Found>>,
    /// The name that was typed, where the question was refused.
    pub name: String,
}

/// A ban that a doorman's question found.
pub struct Found {
    /// Whether the name alone speaks for it.
    pub by_name: bool,
    /// What to look at.
    pub note: String,
}

impl Found {
    /// The ban as the doorman hears of it.
    pub fn new(ban: BanMatch) -> Self {
        Self { by_name: ban.by == "name", note: ban.photo_note }
    }
}

/// `/desk/incidents`
#[derive(Template)]
#[template(path = "desk/incidents.html")]
pub struct IncidentsPage {
    /// See [`Frame`].
    pub frame: Frame,
    /// The night, if there is one.
    pub night: Option<NightLink>,
    /// What happened, the latest first.
    pub cards: Vec<IncidentCard>,
}

/// An incident.
pub struct IncidentCard {
    /// The incident.
    pub id: Uuid,
    /// Key of its kind.
    pub kind: String,
    /// What happened.
    pub text: String,
    /// `Fri 21 Nov, 01:20`
    pub at: String,
    /// Its gate's name; empty for none.
    pub gate: String,
    /// Who reported it.
    pub staff: String,
    /// The order; empty for none.
    pub order: String,
    /// The photograph, if it has not been erased.
    pub photo: Option<Uuid>,
    /// Whether there was one.
    pub photo_erased: bool,
    /// When, who, what.
    pub notes: Vec<(String, String, String)>,
}

impl IncidentCard {
    /// The incident in the reader's language, on the venue's clock.
    pub fn new(incident: IncidentView, night: &EventView, photos: &[Uuid], language: Language) -> Self {
        let tz = zone(night);
        let gate = night.gates.iter().find(|gate| Some(gate.id) == incident.gate);
        let photo = incident.photo.filter(|photo| photos.contains(photo));
        let note = |note: crate::incidents::list::NoteView| {
            (format::date_time(language, note.at, tz), note.staff, note.text)
        };
        Self {
            id: incident.id,
            kind: format!("door-desk-kind-{}", incident.kind),
            text: incident.text,
            at: format::date_time(language, incident.at, tz),
            gate: gate.map(|gate| gate.name.clone()).unwrap_or_default(),
            staff: incident.staff,
            order: incident.order_reference.unwrap_or_default(),
            photo_erased: photo.is_none() && incident.photo.is_some(),
            photo,
            notes: incident.notes.into_iter().map(note).collect(),
        }
    }
}

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

/// `/desk/settings`
#[derive(Template)]
#[template(path = "desk/settings.html")]
pub struct SettingsPage {
    /// See [`Frame`].
    pub frame: Frame,
    /// As they are, or as they were filled in.
    pub settings: Settings,
}
