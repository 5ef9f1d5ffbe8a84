//! `GET /desk/scans`: every scan of a night, admitted or not, the newest first.

use std::ops::Deref;

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    web::{Data, Query},
};
use askama::Template;
use chrono_tz::Tz;
use domain::{admission::Reason, language::Language};
use ui::format;
use uuid::Uuid;
use web::{Fault, Html, Locale, Staff, can};

use super::home::NightQuery;
use super::views::{Frame, frame};
use crate::Door;
use crate::history::scans::{self, PAGE, ScansQuery};
use crate::history::store::{self, LOOKED, Named, NightRow, ScanView};
use crate::history::{night, reason, verdict};
use crate::photos;

/// `/desk/scans`
#[derive(Template)]
#[template(path = "desk/scans.html")]
struct ScansPage {
    frame: Frame,
    night: Option<History>,
}

impl Deref for ScansPage {
    type Target = Frame;
    fn deref(&self) -> &Frame {
        &self.frame
    }
}

/// What is shown of a night.
struct History {
    slug: String,
    title: String,
    when: String,
    gates: Vec<Choice>,
    devices: Vec<Choice>,
    staff: Vec<Choice>,
    decisions: Vec<Choice>,
    reasons: Vec<Choice>,
    /// Whether anything is chosen.
    chosen: bool,
    rows: Vec<Line>,
    /// Where the next page is; empty for none.
    older: String,
    /// Where the first one is; empty on it.
    newest: String,
    /// How far was looked, where that ends the page; empty elsewhere.
    looked: String,
}

/// Something to choose.
struct Choice {
    value: String,
    word: String,
    chosen: bool,
}

/// A scan in a row.
struct Line {
    time: String,
    iso: String,
    gate: String,
    exit: bool,
    verdict: String,
    admitted: bool,
    holder: String,
    type_name: String,
    /// The ticket, where its holder has been photographed.
    photographed: Option<Uuid>,
    device: String,
    staff: String,
    offline: bool,
    conflict: bool,
    /// Sentences beneath the verdict.
    notes: Vec<String>,
}

/// Shows a page of a night's scans.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    locale: Locale,
    asked: Query<NightQuery>,
    query: Query<ScansQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let (wanted, before) = query.read()?;
    let lang = locale.0;
    let mut frame = frame(&door, &staff, lang, "door-history-scans", "/desk/scans");
    let mut conn = door.db.conn().await?;
    let Some(night) = night(&mut conn, &staff, &asked.event, door.clock.now()).await? else {
        return Ok(Html(ScansPage { frame, night: None }).respond_to(&request));
    };
    let page = scans::page(&mut conn, &night, &wanted, before, PAGE).await?;
    let address = |before: &str| address(&night, &query, before);
    frame.shell = frame.shell.clone().at(&address(&query.before));
    let tickets: Vec<Uuid> = page.scans.iter().filter_map(|scan| scan.ticket).collect();
    let photographed = photos::store::photographed(&mut conn, &tickets).await?;
    let gates = store::gates(&mut conn, night.id).await?;
    let devices = store::devices(&mut conn).await?;
    let people = store::staff(&mut conn, &night).await?;
    let looked = format::count(lang, LOOKED.unsigned_abs());
    let history = History {
        when: format::night(lang, night.starts_at, night.ends_at, night.zone()),
        gates: choices(gates, &query.gate),
        devices: choices(devices, &query.device),
        staff: choices(people, &query.staff),
        decisions: decisions(lang, &query.decision),
        reasons: reasons(lang, &query.reason),
        chosen: wanted != store::Asked::default(),
        rows: page.scans.iter().map(|scan| Line::of(scan, &photographed, lang, night.zone())).collect(),
        older: page.next.map(|next| address(&next.to_string())).unwrap_or_default(),
        newest: if before.is_some() { address("") } else { String::new() },
        looked: if page.looked_no_further {
            ui::text(lang, "door-history-looked", &[("scans", &looked)])
        } else {
            String::new()
        },
        slug: night.slug.clone(),
        title: night.title.clone(),
    };
    Ok(Html(ScansPage { frame, night: Some(history) }).respond_to(&request))
}

/// The address of a page. What stands in it was read: keys and codes, no signs that mean anything there.
fn address(night: &NightRow, query: &ScansQuery, before: &str) -> String {
    let mut address = format!("/desk/scans?event={}", night.id);
    for (name, value) in [
        ("gate", query.gate.as_str()),
        ("device", query.device.as_str()),
        ("staff", query.staff.as_str()),
        ("decision", query.decision.as_str()),
        ("reason", query.reason.as_str()),
        ("before", before),
    ] {
        if !value.is_empty() {
            address.push_str(&format!("&{name}={value}"));
        }
    }
    address
}

fn choices(named: Vec<Named>, chosen: &str) -> Vec<Choice> {
    let choice = |named: Named| {
        let value = named.id.to_string();
        Choice { chosen: value == chosen, value, word: named.name }
    };
    named.into_iter().map(choice).collect()
}

fn decisions(lang: Language, chosen: &str) -> Vec<Choice> {
    [("admit", "door-history-admitted"), ("deny", "door-history-denied")]
        .map(|(code, key)| Choice {
            value: code.to_owned(),
            word: ui::text(lang, key, &[]),
            chosen: code == chosen,
        })
        .into()
}

fn reasons(lang: Language, chosen: &str) -> Vec<Choice> {
    let refusals = Reason::ALL.iter().map(|reason| reason.code()).filter(|code| *code != "ok");
    refusals
        .map(|code| Choice { value: code.to_owned(), word: reason(lang, code), chosen: code == chosen })
        .collect()
}

impl Line {
    fn of(scan: &ScanView, photographed: &[Uuid], lang: Language, zone: Tz) -> Self {
        let t = |key: &str| ui::text(lang, key, &[]);
        let mut notes = Vec::new();
        if let Some(judged) = scan.judged.as_ref().filter(|judged| **judged != scan.reason) {
            notes.push(ui::text(lang, "door-history-judged", &[("reason", &reason(lang, judged))]));
        }
        if let Some(note) = &scan.override_note {
            notes.push(ui::text(lang, "door-history-override", &[("note", note)]));
        }
        if let Some(at) = scan.undone_at {
            let (time, why) = (clock(at, zone), scan.undone_reason.clone().unwrap_or_default());
            notes.push(ui::text(lang, "door-history-undone", &[("time", &time), ("reason", &why)]));
        }
        Self {
            time: clock(scan.at, zone),
            iso: format::iso(scan.at),
            gate: scan.gate_name.clone(),
            exit: scan.direction == "exit",
            verdict: verdict(lang, scan),
            admitted: scan.admitted(),
            holder: scan.holder.clone().unwrap_or_else(|| t("door-history-unknown-guest")),
            type_name: scan.type_name.clone().unwrap_or_default(),
            photographed: scan.ticket.filter(|ticket| photographed.contains(ticket)),
            device: scan.device_name.clone().unwrap_or_else(|| t("door-history-no-phone")),
            staff: scan.staff_name.clone().unwrap_or_else(|| t("door-history-no-name")),
            offline: scan.offline,
            conflict: scan.conflict,
            notes,
        }
    }
}

/// `01:30:05` on the venue's clock.
pub(super) fn clock(at: chrono::DateTime<chrono::Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%H:%M:%S").to_string()
}
