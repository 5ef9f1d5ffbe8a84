//! A line each for gates, phones and conflicts.

use domain::language::Language;
use ui::format;

use super::{Snapshot, Words};
use crate::live::snapshot::{AtGate, ConflictView, DeviceState, DeviceView, Sighting};

pub(super) struct GateRow {
    pub(super) name: String,
    pub(super) last_minute: String,
    pub(super) average: String,
    pub(super) admitted: String,
    pub(super) denied: String,
    pub(super) left: String,
}

impl GateRow {
    pub(super) fn of(gate: &AtGate, lang: Language) -> Self {
        let words = Words(lang);
        Self {
            name: gate.name.clone(),
            last_minute: words.count(gate.last_minute),
            average: tenth(gate.last_five_minutes, lang),
            admitted: words.count(gate.admitted),
            denied: words.count(gate.denied),
            left: words.count(gate.left),
        }
    }
}

/// A fifth of a number, with one digit after the point.
fn tenth(number: i64, lang: Language) -> String {
    let point = if lang == Language::Es { ',' } else { '.' };
    format!("{}{point}{}", number / 5, number % 5 * 2)
}

pub(super) struct DeviceRow {
    pub(super) name: String,
    pub(super) held_by: String,
    pub(super) gate: String,
    /// Of the badge, and its sign.
    pub(super) tone: &'static str,
    pub(super) sign: &'static str,
    pub(super) state: String,
    pub(super) battery: String,
    pub(super) battery_low: bool,
    pub(super) data: String,
    pub(super) data_is_old: bool,
    pub(super) queue: String,
    pub(super) waits: bool,
    pub(super) seen: String,
}

impl DeviceRow {
    pub(super) fn of(device: &DeviceView, newest: &Snapshot, lang: Language) -> Self {
        let words = Words(lang);
        let zone = newest.zone();
        let none = || words.t("door-live-nothing");
        let (tone, sign, state) = match device.state {
            DeviceState::Seen => ("good", "check", "door-live-device-seen"),
            DeviceState::Silent => ("refusal", "attention", "door-live-device-silent"),
            DeviceState::Away => ("quiet", "minus", "door-live-device-away"),
        };
        Self {
            name: device.name.clone(),
            held_by: device.held_by.clone().unwrap_or_default(),
            gate: device.gate.clone().unwrap_or_else(|| words.t("door-live-any-gate")),
            tone,
            sign,
            state: words.t(state),
            battery: device
                .battery
                .map_or_else(none, |percent| words.t1("door-live-share", "percent", &i64::from(percent))),
            battery_low: device.battery.is_some_and(|percent| percent < 20),
            data: device.data_at.map_or_else(none, |at| format::time(lang, at, zone)),
            data_is_old: device.data_is_old,
            queue: words.count(device.queue_length),
            waits: device.queue_length > 0,
            seen: device.last_seen_at.map_or_else(none, |at| match device.state {
                DeviceState::Away => format::date_time(lang, at, zone),
                DeviceState::Seen | DeviceState::Silent => format::time(lang, at, zone),
            }),
        }
    }
}

pub(super) struct ConflictRow {
    pub(super) scan: String,
    /// Holder and type, as far as they are known.
    pub(super) who: String,
    /// What is wrong.
    pub(super) what: String,
    pub(super) sightings: Vec<SightingRow>,
}

pub(super) struct SightingRow {
    pub(super) time: String,
    pub(super) gate: String,
    pub(super) device: String,
}

impl ConflictRow {
    pub(super) fn of(conflict: &ConflictView, newest: &Snapshot, lang: Language) -> Self {
        let words = Words(lang);
        let sighting = |seen: &Sighting| SightingRow {
            time: format::time(lang, seen.at, newest.zone()),
            gate: seen.gate.clone(),
            device: seen.device.clone().unwrap_or_else(|| words.t("door-live-no-device")),
        };
        let known: Vec<&str> =
            [&conflict.holder, &conflict.type_name].into_iter().flatten().map(String::as_str).collect();
        Self {
            scan: conflict.scan.to_string(),
            who: if known.is_empty() { words.t("door-live-unknown-ticket") } else { known.join(" · ") },
            what: match (&conflict.first, &conflict.judged) {
                (None, Some(judged)) => {
                    let key = match conflict.kind.as_str() {
                        "let_in_although" => "door-live-although",
                        "phone_said_no" => "door-live-phone-said-no",
                        _ => "door-live-no-good",
                    };
                    words.t1(key, "reason", &words.reason(judged))
                }
                _ => words.t("door-live-twice"),
            },
            sightings: conflict.first.iter().chain([&conflict.second]).map(sighting).collect(),
        }
    }
}
