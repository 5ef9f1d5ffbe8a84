//! The templates of this room: what supervisors see of the phones.

pub mod own;

use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use ui::{Links, Shell, format};
use uuid::Uuid;

use super::{answer::DeviceState, invite::Invitation, store::hands::Hand};
use crate::{
    app::{assets::BUNDLE, shell},
    door::list::EventView,
};

/// Less than this many percent is to be charged.
const LOW: i16 = 20;

/// A gate to choose.
pub struct GateOption {
    id: Uuid,
    /// With its night.
    label: String,
    chosen: bool,
}

impl GateOption {
    /// The gates of the nights. The one that is chosen is among them, even where its night is over.
    pub fn of(nights: &[EventView], chosen: Option<Uuid>, name: Option<&str>) -> Vec<Self> {
        let mut options: Vec<Self> = nights
            .iter()
            .flat_map(|night| night.gates.iter().map(move |gate| (night, gate)))
            .map(|(night, gate)| Self {
                id: gate.id,
                label: format!("{} · {}", gate.name, night.title),
                chosen: chosen == Some(gate.id),
            })
            .collect();
        if let (Some(id), Some(name)) = (chosen, name)
            && !options.iter().any(|option| option.chosen)
        {
            options.push(Self { id, label: name.to_owned(), chosen: true });
        }
        options
    }
}

/// A phone in the list.
pub struct DeviceRow {
    state: DeviceState,
    /// Whether it is to be charged.
    low: bool,
    seen: Option<String>,
    data: Option<String>,
}

impl DeviceRow {
    fn new(state: DeviceState, lang: Language, now: DateTime<Utc>) -> Self {
        Self {
            low: state.battery.is_some_and(|percent| percent < LOW),
            seen: state.last_seen_at.map(|at| ago(lang, at, now)),
            data: state.data_at.map(|at| ago(lang, at, now)),
            state,
        }
    }
}

/// How long ago something was.
fn ago(lang: Language, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let passed = (now - at).max(chrono::TimeDelta::zero());
    let (key, count) = match passed.num_minutes() {
        0 => return ui::text(lang, "devices-just-now", &[]),
        minutes @ 1..=59 => ("devices-minutes-ago", minutes),
        minutes @ 60..=2879 => ("devices-hours-ago", minutes / 60),
        minutes => ("devices-days-ago", minutes / 1440),
    };
    ui::text(lang, key, &[("count", &count)])
}

/// All phones.
#[derive(Template)]
#[template(path = "devices.html")]
pub struct DevicesPage {
    shell: Shell,
    csrf: String,
    devices: Vec<DeviceRow>,
    gone: Vec<DeviceRow>,
    gates: Vec<GateOption>,
}

impl DevicesPage {
    /// The page of these phones.
    pub fn new(
        lang: Language,
        links: &Links,
        csrf: &str,
        devices: Vec<DeviceState>,
        gates: Vec<GateOption>,
        now: DateTime<Utc>,
    ) -> Self {
        let rows = devices.into_iter().map(|state| DeviceRow::new(state, lang, now));
        let (gone, devices) = rows.partition(|row| row.state.revoked_at.is_some());
        Self {
            shell: shell(lang, "devices-title", links).at("/devices"),
            csrf: csrf.to_owned(),
            devices,
            gone,
            gates,
        }
    }

    fn asset(&self, name: &str) -> String {
        BUNDLE.url(name)
    }
}

/// Somebody held the phone.
struct HandRow {
    name: String,
    from: String,
    till: Option<String>,
}

/// One phone.
#[derive(Template)]
#[template(path = "device.html")]
pub struct DevicePage {
    shell: Shell,
    csrf: String,
    row: DeviceRow,
    gates: Vec<GateOption>,
    hands: Vec<HandRow>,
}

impl DevicePage {
    /// The page of this phone; who held it is told in the club's time.
    pub fn new(
        lang: Language,
        links: &Links,
        csrf: &str,
        state: DeviceState,
        gates: Vec<GateOption>,
        (hands, zone, now): (Vec<Hand>, Tz, DateTime<Utc>),
    ) -> Self {
        let hand = |hand: Hand| HandRow {
            from: format::date_time(lang, hand.from_at, zone),
            till: hand.till_at.map(|at| format::date_time(lang, at, zone)),
            name: hand.staff_name,
        };
        Self {
            shell: shell(lang, "devices-title", links).at(&format!("/devices/{}", state.id)),
            csrf: csrf.to_owned(),
            row: DeviceRow::new(state, lang, now),
            gates,
            hands: hands.into_iter().map(hand).collect(),
        }
    }

    fn asset(&self, name: &str) -> String {
        BUNDLE.url(name)
    }
}

/// The code of a phone that was invited.
#[derive(Template)]
#[template(path = "device_invited.html")]
pub struct InvitedPage {
    shell: Shell,
    invitation: Invitation,
    /// The picture, as SVG.
    qr: String,
    minutes: i64,
    until: String,
}

impl InvitedPage {
    /// The page that shows it.
    pub fn new(lang: Language, links: &Links, invitation: Invitation, qr: String, minutes: i64) -> Self {
        let until = format::iso(invitation.expires_at);
        Self { shell: shell(lang, "devices-invited", links).at("/devices"), invitation, qr, minutes, until }
    }

    fn asset(&self, name: &str) -> String {
        BUNDLE.url(name)
    }
}

/// Whether a phone is to be taken off.
#[derive(Template)]
#[template(path = "device_revoke.html")]
pub struct RevokePage {
    shell: Shell,
    csrf: String,
    state: DeviceState,
    /// Scans that it has not sent.
    waiting: Option<i32>,
}

impl RevokePage {
    /// The page that asks.
    pub fn new(lang: Language, links: &Links, csrf: &str, state: DeviceState) -> Self {
        let shell = shell(lang, "devices-revoke", links).at(&format!("/devices/{}/revoke", state.id));
        Self { shell, csrf: csrf.to_owned(), waiting: state.queue_length.filter(|scans| *scans > 0), state }
    }

    fn asset(&self, name: &str) -> String {
        BUNDLE.url(name)
    }
}
