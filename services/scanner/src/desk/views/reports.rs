//! What happened at the door, as it is written down and read, and a doorman's question.

use askama::Template;
use domain::language::Language;
use ui::{Shell, format};
use uuid::Uuid;

use super::{Frame, NightLink, zone};
use crate::bans::check::BanMatch;
use crate::desk::report::Filled;
use crate::door::list::EventView;
use crate::incidents::{Kind, list::IncidentView};

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
