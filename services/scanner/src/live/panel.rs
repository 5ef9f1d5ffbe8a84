//! The live page's parts as HTML: the same in the page and in each event of its stream.

mod chart;
mod full;
mod rows;

use askama::Template;
use domain::language::Language;
use ui::{Argument, format};

use self::chart::Chart;
use self::full::{Full, ZonePart};
use self::rows::{ConflictRow, DeviceRow, GateRow};
use super::snapshot::Snapshot;

/// How wide bars and the chart are.
const WIDTH: i64 = 1000;

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

struct DenialRow {
    word: String,
    scans: String,
    width: i64,
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::live::snapshot::{Arrivals, AtGate, Denial, LiveZone};

    pub(super) fn newest(inside: i64, limit: Option<i64>) -> Snapshot {
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
}
