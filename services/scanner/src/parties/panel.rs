//! The parties of a night as HTML: the same in the page and in each event of its stream.

use askama::Template;
use domain::language::Language;
use ui::{Argument, format};

use super::night::{Party, PartyList, Stage};

/// The whole list.
pub(super) fn list(newest: &PartyList, lang: Language) -> Result<String, askama::Error> {
    let words = Words(lang);
    let inside: i64 = newest.parties.iter().map(|party| party.inside).sum();
    let people: i64 = newest.parties.iter().map(|party| i64::from(party.people)).sum();
    let group = |stage: Stage, key: &str, id: &'static str| Group {
        id,
        title: words.t(key),
        rows: newest
            .parties
            .iter()
            .filter(|party| party.stage == stage)
            .map(|party| Row::of(party, newest, lang))
            .collect(),
    };
    let groups = [
        group(Stage::Arriving, "parties-arriving", "arriving"),
        group(Stage::Inside, "parties-inside", "inside"),
        group(Stage::Expected, "parties-expected", "expected"),
    ];
    List {
        sums: ui::text(
            lang,
            "parties-sums",
            &[("inside", &inside), ("people", &people), ("tables", &newest.parties.len())],
        ),
        groups: groups.into_iter().filter(|group| !group.rows.is_empty()).collect(),
        words,
    }
    .render()
}

#[derive(Template)]
#[template(path = "parties_list.html")]
struct List {
    words: Words,
    sums: String,
    groups: Vec<Group>,
}

struct Group {
    id: &'static str,
    title: String,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    table: String,
    booker: String,
    people: String,
    /// When it was to arrive.
    time: String,
    /// By how much it is late; empty where it is not.
    late: String,
    /// When and where the first came; empty where nobody did.
    came: String,
    /// Who looks after it; empty where nobody does yet.
    host: String,
}

impl Row {
    fn of(party: &Party, newest: &PartyList, lang: Language) -> Self {
        let (words, zone) = (Words(lang), newest.zone());
        let tables = party.tables.join(" + ");
        let count: &[(&'static str, &dyn Argument)] = &[("inside", &party.inside), ("of", &party.people)];
        let came = party.came_at.map(|at| {
            let (time, gate) = (format::hour(lang, at, zone), party.gate.as_deref().unwrap_or_default());
            ui::text(lang, "parties-came", &[("time", &time), ("gate", &gate)])
        });
        Self {
            id: party.reservation.to_string(),
            table: ui::text(lang, "parties-table", &[("count", &party.tables.len()), ("tables", &tables)]),
            booker: party.booker.clone(),
            people: match party.stage {
                Stage::Inside => ui::text(lang, "parties-in", count),
                Stage::Arriving | Stage::Expected => ui::text(lang, "parties-people", count),
            },
            time: format::time(lang, party.arrives_at, zone),
            late: match party.late_minutes {
                0 => String::new(),
                minutes => words.t1("parties-late", "minutes", &minutes),
            },
            came: came.unwrap_or_default(),
            host: match party.host.as_str() {
                "" => String::new(),
                host => words.t1("parties-host", "host", &host),
            },
        }
    }
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
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    fn party(stage: Stage, late_minutes: i64) -> Party {
        Party {
            reservation: Uuid::nil(),
            stage,
            tables: vec!["12".into(), "<13>".into()],
            booker: "Ana <b>".into(),
            host: "Eva".into(),
            people: 8,
            inside: 3,
            arrives_at: DateTime::UNIX_EPOCH,
            late_minutes,
            came_at: (stage == Stage::Inside).then_some(DateTime::UNIX_EPOCH),
            gate: (stage == Stage::Inside).then(|| "Main door".to_owned()),
        }
    }

    #[test]
    fn parties_are_words_in_both_languages_and_names_are_text() {
        let parties = vec![party(Stage::Arriving, 20), party(Stage::Expected, 0), party(Stage::Inside, 0)];
        let newest = PartyList {
            event: Uuid::nil(),
            title: "Friday".into(),
            time_zone: "Europe/Madrid".into(),
            parties,
        };
        let empty = PartyList { parties: Vec::new(), ..newest.clone() };
        for lang in Language::ALL {
            for list in [list(&newest, lang), list(&empty, lang)] {
                let html = list.unwrap();
                assert!(!html.contains("parties-"), "{html}");
                assert!(!html.contains("<b>") && !html.contains("<13>"), "{html}");
            }
        }
    }
}
