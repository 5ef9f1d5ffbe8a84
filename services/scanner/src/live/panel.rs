//! The live page's parts as HTML: the same in the page and in each event of its stream.

use askama::Template;
use domain::language::Language;
use ui::{Argument, format};

use super::snapshot::{
    Arrivals, AtGate, ConflictView, DeviceState, DeviceView, LiveZone, Sighting, Snapshot,
};

/// The chart's box.
const WIDTH: i64 = 1000;
const HEIGHT: i64 = 200;

/// Everything but the conflicts.
pub(super) fn figures(newest: &Snapshot, lang: Language) -> Result<String, askama::Error> {
    let words = Words(lang);
    let most = newest.denials.first().map_or(1, |first| first.scans.max(1));
    let denials = newest.denials.iter().map(|each| DenialRow {
        word: words.reason(&each.reason),
        scans: words.count(each.scans),
        width: each.scans * WIDTH / most,
    });
    Figures {
        full: Full::of(newest, lang),
        zones: newest.zones.iter().map(|zone| ZonePart::of(zone, lang)).collect(),
        came: words.count(newest.came()),
        of_sold: words.t1("door-live-of-sold", "sold", &words.count(newest.sold)),
        gates: newest.gates.iter().map(|gate| GateRow::of(gate, lang)).collect(),
        denied: words.count(newest.gates.iter().map(|gate| gate.denied).sum()),
        denials: denials.collect(),
        devices: newest.devices.iter().map(|device| DeviceRow::of(device, newest, lang)).collect(),
        chart: Chart::of(newest, lang),
        words,
    }
    .render()
}

/// The conflicts, each with a form to close it.
pub(super) fn conflicts(newest: &Snapshot, lang: Language) -> Result<String, askama::Error> {
    let rows = newest.conflicts.iter().map(|conflict| ConflictRow::of(conflict, newest, lang));
    let words = Words(lang);
    let title = words.t1("door-live-conflicts", "count", &newest.conflicts.len());
    Conflicts { title, rows: rows.collect(), words }.render()
}

#[derive(Template)]
#[template(path = "live_figures.html")]
struct Figures {
    words: Words,
    full: Full,
    zones: Vec<ZonePart>,
    came: String,
    of_sold: String,
    gates: Vec<GateRow>,
    denied: String,
    denials: Vec<DenialRow>,
    devices: Vec<DeviceRow>,
    chart: Chart,
}

#[derive(Template)]
#[template(path = "live_conflicts.html")]
struct Conflicts {
    words: Words,
    title: String,
    rows: Vec<ConflictRow>,
}

/// Texts in the reader's language.
struct Words(Language);

impl Words {
    fn t(&self, key: &str) -> String {
        ui::text(self.0, key, &[])
    }

    fn t1(&self, key: &str, name: &'static str, value: &dyn Argument) -> String {
        ui::text(self.0, key, &[(name, value)])
    }

    fn count(&self, number: i64) -> String {
        format::count(self.0, number.max(0).unsigned_abs())
    }

    /// The short word that the phones show for a reason; one that nobody knows is shown as it is.
    fn reason(&self, reason: &str) -> String {
        let key = format!("scanner-title-{}", reason.replace('_', "-"));
        ui::try_text(self.0, &key, &[]).unwrap_or_else(|| reason.to_owned())
    }
}

/// How full the house is. Where it has a limit, a bar that goes on to 110 % of it.
struct Full {
    inside: String,
    /// `of 400`; empty without a limit.
    of: String,
    /// `78 %`
    share: String,
    width: i64,
    /// `ok`, `near` from 90 % on, `nearly` from 95 % on, `full` from the limit on.
    state: &'static str,
    /// What that means, in words; empty where all is well.
    told: String,
}

/// The same of a zone with a limit.
struct ZonePart {
    id: String,
    name: String,
    full: Full,
}

impl ZonePart {
    fn of(zone: &LiveZone, lang: Language) -> Self {
        let mut full = Full::with(zone.inside, Some(zone.limit), lang);
        if full.state == "full" {
            full.told = Words(lang).t("door-live-zone-full");
        }
        Self { id: zone.id.to_string(), name: zone.name.clone(), full }
    }
}

impl Full {
    fn of(newest: &Snapshot, lang: Language) -> Self {
        Self::with(newest.inside, newest.limit, lang)
    }

    fn with(people: i64, limit: Option<i64>, lang: Language) -> Self {
        let words = Words(lang);
        let inside = words.count(people);
        let Some(limit) = limit else {
            let (of, share, told) = (String::new(), String::new(), String::new());
            return Self { inside, of, share, width: 0, state: "none", told };
        };
        let thousandths = people.max(0).saturating_mul(WIDTH) / limit.max(1);
        let (state, told) = if people >= limit {
            ("full", words.t("door-live-full"))
        } else if thousandths >= 950 {
            ("nearly", words.t1("door-live-near", "count", &(limit - people)))
        } else if thousandths >= 900 {
            ("near", words.t1("door-live-near", "count", &(limit - people)))
        } else {
            ("ok", String::new())
        };
        Self {
            inside,
            of: words.t1("door-live-of", "limit", &words.count(limit)),
            share: words.t1("door-live-share", "percent", &(thousandths / 10)),
            width: thousandths.min(WIDTH * 11 / 10),
            state,
            told,
        }
    }
}

struct GateRow {
    name: String,
    last_minute: String,
    average: String,
    admitted: String,
    denied: String,
    left: String,
}

impl GateRow {
    fn of(gate: &AtGate, lang: Language) -> Self {
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

struct DenialRow {
    word: String,
    scans: String,
    width: i64,
}

struct DeviceRow {
    name: String,
    held_by: String,
    gate: String,
    /// Of the badge, and its sign.
    tone: &'static str,
    sign: &'static str,
    state: String,
    battery: String,
    battery_low: bool,
    data: String,
    data_is_old: bool,
    queue: String,
    waits: bool,
    seen: String,
}

impl DeviceRow {
    fn of(device: &DeviceView, newest: &Snapshot, lang: Language) -> Self {
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

struct ConflictRow {
    scan: String,
    /// Holder and type, as far as they are known.
    who: String,
    /// What is wrong.
    what: String,
    sightings: Vec<SightingRow>,
}

struct SightingRow {
    time: String,
    gate: String,
    device: String,
}

impl ConflictRow {
    fn of(conflict: &ConflictView, newest: &Snapshot, lang: Language) -> Self {
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
                (None, Some(judged)) => words.t1("door-live-no-good", "reason", &words.reason(judged)),
                _ => words.t("door-live-twice"),
            },
            sightings: conflict.first.iter().chain([&conflict.second]).map(sighting).collect(),
        }
    }
}

/// People who have come, as a line that rises towards the tickets.
struct Chart {
    /// Whether anything can be drawn.
    drawn: bool,
    /// `x,y x,y …` of the line, and of the field under it.
    line: String,
    field: String,
    /// How high the tickets' line stands.
    sold_y: i64,
    /// What the box's top means.
    most: String,
    axis: [String; 2],
    told: String,
    rows: Vec<ChartRow>,
}

struct ChartRow {
    from: String,
    came: String,
    total: String,
}

impl Chart {
    fn of(newest: &Snapshot, lang: Language) -> Self {
        let words = Words(lang);
        let (zone, came) = (newest.zone(), newest.came());
        let most = newest.sold.max(came).max(1);
        let y = |number: i64| HEIGHT - number.clamp(0, most) * HEIGHT / most;
        let steps = i64::try_from(newest.arrivals.len()).unwrap_or(1).max(1);
        let mut points = vec![format!("0,{HEIGHT}")];
        let ends = newest.arrivals.iter().zip(1..);
        points.extend(
            ends.map(|(each, nth): (&Arrivals, i64)| format!("{},{}", nth * WIDTH / steps, y(each.total))),
        );
        let line = points.join(" ");
        let row = |each: &Arrivals| ChartRow {
            from: format::time(lang, each.from, zone),
            came: words.count(each.came),
            total: words.count(each.total),
        };
        let first = newest.arrivals.first().map(|each| format::time(lang, each.from, zone));
        let (came_text, sold_text) = (words.count(came), words.count(newest.sold));
        let told: [(&str, &dyn Argument); 2] = [("came", &came_text), ("sold", &sold_text)];
        Self {
            drawn: came > 0,
            field: format!("{line} {WIDTH},{HEIGHT}"),
            line,
            sold_y: y(newest.sold),
            most: words.count(most),
            axis: [first.unwrap_or_default(), words.t("door-live-now")],
            told: ui::text(lang, "door-live-chart-told", &told),
            rows: newest.arrivals.iter().map(row).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::live::snapshot::Denial;

    fn newest(inside: i64, limit: Option<i64>) -> Snapshot {
        Snapshot {
            event: Uuid::nil(),
            title: "Friday".into(),
            time_zone: "Europe/Madrid".into(),
            at: DateTime::UNIX_EPOCH,
            inside,
            limit,
            zones: vec![LiveZone {
                id: Uuid::nil(),
                name: "VIP <deck>".into(),
                inside: 40,
                limit: 40,
                warn: "full",
            }],
            sold: 400,
            gates: vec![AtGate {
                id: Uuid::nil(),
                name: "Main <door>".into(),
                last_minute: 12,
                last_five_minutes: 48,
                admitted: 200,
                denied: 7,
                left: 3,
            }],
            denials: vec![Denial { reason: "already_inside".into(), scans: 7 }],
            devices: Vec::new(),
            conflicts: Vec::new(),
            arrivals: vec![Arrivals { from: DateTime::UNIX_EPOCH, came: 200, total: 200 }],
        }
    }

    #[test]
    fn a_house_that_is_nearly_full_says_so() {
        let state = |inside, limit| Full::of(&newest(inside, limit), Language::En).state;
        assert_eq!(
            [state(359, Some(400)), state(360, Some(400)), state(379, Some(400)), state(380, Some(400))],
            ["ok", "near", "near", "nearly"]
        );
        assert_eq!(
            [state(399, Some(400)), state(400, Some(400)), state(9000, None)],
            ["nearly", "full", "none"]
        );
        assert_eq!(Full::of(&newest(9000, Some(400)), Language::En).width, 1100);
    }

    #[test]
    fn figures_are_words_in_both_languages_and_names_are_text() {
        for lang in Language::ALL {
            let html = figures(&newest(360, Some(400)), lang).unwrap();
            assert!(!html.contains("door-live-") && !html.contains("<door>"), "{html}");
            assert!(html.contains("data-zone=") && !html.contains("<deck>"), "{html}");
            assert!(html.contains(if lang == Language::Es { "9,6" } else { "9.6" }), "{html}");
            let html = conflicts(&newest(1, None), lang).unwrap();
            assert!(!html.contains("door-live-"), "{html}");
        }
    }

    #[test]
    fn the_line_ends_where_the_share_of_the_tickets_is() {
        let chart = Chart::of(&newest(1, None), Language::En);
        assert_eq!((chart.line.as_str(), chart.sold_y), ("0,200 1000,100", 0));
    }
}
