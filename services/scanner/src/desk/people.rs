//! `GET /desk/people`: how many people were inside over a night, and the log of counts, undone scans and limits. For supervisors, and on
//! paper for inspectors.

mod chart;

use std::ops::Deref;

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    web::{Data, Query},
};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use ui::{Argument, format};
use web::{Fault, Html, Locale, Staff, can};

use self::chart::Chart;
use super::home::NightQuery;
use super::scans::clock;
use super::views::{Frame, frame};
use crate::Door;
use crate::history::night;
use crate::history::people::{self, People};
use crate::history::store::{NightRow, people::PeopleLogEntry};
use crate::history::timeline;

/// `/desk/people`
#[derive(Template)]
#[template(path = "desk/people.html")]
struct PeoplePage {
    frame: Frame,
    night: Option<Shown>,
}

impl Deref for PeoplePage {
    type Target = Frame;
    fn deref(&self) -> &Frame {
        &self.frame
    }
}

/// What is shown of a night.
struct Shown {
    title: String,
    when: String,
    inside: String,
    limit: String,
    /// `398 at 01:20`; empty where nobody was.
    peak: String,
    chart: Chart,
    steps: Vec<StepLine>,
    log: Vec<LogLine>,
    /// How many rows of it are left out.
    left_out: i64,
    printed: String,
}

struct StepLine {
    from: String,
    came: String,
    left: String,
    inside: String,
    most: String,
    limit: String,
    peak: bool,
    over: bool,
}

struct LogLine {
    time: String,
    iso: String,
    what: String,
    why: String,
    place: String,
    staff: String,
}

/// Shows a night's people.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    locale: Locale,
    asked: Query<NightQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let (lang, now) = (locale.0, door.clock.now());
    let mut frame = frame(&door, &staff, lang, "door-history-people", "/desk/people");
    let mut conn = door.db.conn().await?;
    let Some(night) = night(&mut conn, &staff, &asked.event, now).await? else {
        return Ok(Html(PeoplePage { frame, night: None }).respond_to(&request));
    };
    frame.shell = frame.shell.clone().at(&format!("/desk/people?event={}", night.id));
    let people = people::people(&mut conn, &night, now).await?;
    let shown = shown(&people, &night, lang, now);
    Ok(Html(PeoplePage { frame, night: Some(shown) }).respond_to(&request))
}

fn shown(people: &People, night: &NightRow, lang: Language, now: DateTime<Utc>) -> Shown {
    let zone = night.zone();
    let words = Words(lang);
    let peak = people.peak.map(|peak| (words.count(peak.people), format::hour(lang, peak.at, zone)));
    let peak_step = people.peak.map(|peak| timeline::step(peak.at));
    Shown {
        title: night.title.clone(),
        when: format::night(lang, night.starts_at, night.ends_at, zone),
        inside: words.count(people.inside),
        limit: words.limit(people.limit),
        peak: peak.map_or_else(String::new, |(people, time)| {
            words.t("door-history-peak-at", &[("people", &people), ("time", &time)])
        }),
        chart: Chart::of(people, lang, zone),
        steps: people
            .steps
            .iter()
            .map(|step| StepLine {
                from: format::time(lang, step.from, zone),
                came: words.count(step.came),
                left: words.count(step.left),
                inside: words.count(step.inside),
                most: words.count(step.most),
                limit: words.limit(step.limit),
                peak: peak_step == Some(step.from),
                over: step.limit.is_some_and(|limit| step.most > i64::from(limit)),
            })
            .collect(),
        log: people.log.iter().map(|entry| LogLine::of(entry, lang, zone)).collect(),
        left_out: people.log_left_out,
        printed: words.t("door-history-print-line", &[("time", &format::date_time(lang, now, zone))]),
    }
}

/// Texts and numbers in the reader's language.
struct Words(Language);

impl Words {
    fn t(&self, key: &str, told: &[(&'static str, &dyn Argument)]) -> String {
        ui::text(self.0, key, told)
    }

    fn count(&self, number: i64) -> String {
        format::count(self.0, number.max(0).unsigned_abs())
    }

    fn limit(&self, limit: Option<i32>) -> String {
        limit.map_or_else(|| self.t("door-history-no-limit", &[]), |limit| self.count(limit.into()))
    }

    /// `+3`, or `−2` with a true minus.
    fn signed(&self, number: i32) -> String {
        let sign = if number < 0 { '\u{2212}' } else { '+' };
        format!("{sign}{}", format::count(self.0, number.unsigned_abs().into()))
    }
}

impl LogLine {
    fn of(entry: &PeopleLogEntry, lang: Language, zone: Tz) -> Self {
        let words = Words(lang);
        let by = words.signed(entry.by);
        let what = match entry.what.as_str() {
            "limit" => {
                let (before, after) = (words.limit(entry.limit_before), words.limit(entry.limit_after));
                words.t("door-history-limit-set", &[("before", &before), ("after", &after)])
            }
            "undo" if entry.by == 0 => words.t("door-history-undid-nobody", &[]),
            "undo" => words.t("door-history-undid", &[("by", &by)]),
            _ => words.t("door-history-counted", &[("by", &by)]),
        };
        let gate = entry.gate_name.clone().unwrap_or_else(|| words.t("door-history-no-gate", &[]));
        let phone = entry.device_name.clone().unwrap_or_else(|| words.t("door-history-no-phone", &[]));
        Self {
            time: format!("{}, {}", format::date_short(lang, entry.at, zone), clock(entry.at, zone)),
            iso: format::iso(entry.at),
            what,
            why: entry.reason.clone().unwrap_or_default(),
            place: if entry.what == "limit" { String::new() } else { format!("{gate} · {phone}") },
            staff: entry.staff_name.clone().unwrap_or_else(|| words.t("door-history-no-name", &[])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_told_with_its_sign() {
        assert_eq!(
            (Words(Language::En).signed(3), Words(Language::En).signed(-2)),
            ("+3".to_owned(), "−2".to_owned())
        );
    }
}
