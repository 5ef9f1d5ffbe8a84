//! The desk's templates: what all have, and the first page's.

mod bans;
mod reports;

use std::ops::Deref;

use askama::Template;
use chrono_tz::Tz;
use domain::{language::Language, permission::Permission};
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::Staff;

use crate::Door;
use crate::app::{assets::BUNDLE, shell};
use crate::counter::store::zones::ZoneRow;
use crate::door::list::EventView;
use crate::retention::store::Settings;

pub use self::bans::{BanCard, BansPage};
pub use self::reports::{CheckPage, Found, GateChoice, IncidentCard, IncidentsPage, ReportPage};

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
    /// Whether they do so on all nights: what belongs to the whole house is theirs too.
    pub whole_house: bool,
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
        supervises: staff.may(Permission::DoorSupervise),
        whole_house: staff.may(Permission::DoorSupervise) && !staff.grants.is_limited(),
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
    /// How near that is: `none`, `near`, `nearly` or `full`.
    pub warn: &'static str,
    /// Its zones, where there is more than one or one has a limit.
    pub zones: Vec<ZoneRow>,
    /// The other ones.
    pub others: Vec<NightLink>,
    /// Incidents of the night.
    pub incidents: i64,
    /// Bans in force.
    pub bans: usize,
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
