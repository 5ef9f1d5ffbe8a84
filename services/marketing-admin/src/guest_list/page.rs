//! `/admin/events/{event}/guest-list`: who is on a night's list and who of them has come, a box to find somebody, and the forms.

use std::collections::{HashMap, HashSet};

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::event::terms::TicketKind;
use domain::permission::Permission;
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::GuestListRun;
use web::{Fault, Locale};

use super::purchase::{self, GuestList};
use super::rows::{self, Line, PromoterLine};
use super::store;
use crate::Desk;
use crate::box_office::purchase::Refused;
use crate::events::form::LOCAL;
use crate::events::store::{self as events, Event, Which};
use crate::staff::Member;
use crate::views::{self, Room};

/// Begins the field of a fault that is not of the form for a new guest.
pub(super) const CHANGED: &str = "change.";

/// Whom to show, and what was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    search: String,
    #[serde(default)]
    done: String,
    #[serde(default)]
    entry: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// What came of a form that was refused.
#[derive(Debug)]
pub(super) struct Outcome {
    pub refused: Refused,
    pub entered: HashMap<String, String>,
}

#[derive(Template)]
#[template(path = "guest_list/page.html")]
struct GuestListPage {
    shell: Shell,
    style: String,
    csrf: String,
    form_key: String,
    path: String,
    event: String,
    night: String,
    when: String,
    away: bool,
    search: String,
    /// How many are on the list, and have come; empty for nobody.
    sum: String,
    lines: Vec<Line>,
    promoters: Vec<PromoterLine>,
    types: Vec<Type>,
    /// Whether guests can still be added.
    open: bool,
    /// Whether they may say how many guests a promoter may bring.
    allots: bool,
    zone: String,
    entered: HashMap<String, String>,
    faults: HashMap<String, String>,
    problem: String,
    done: Option<Done>,
}

struct Type {
    id: String,
    name: String,
    chosen: bool,
}

struct Done {
    title: String,
    url: String,
}

impl GuestListPage {
    fn value(&self, name: &str) -> String {
        self.entered.get(name).cloned().unwrap_or_default()
    }

    /// What is wrong with a field, in words.
    fn error(&self, name: &str) -> String {
        let code = self.faults.get(name).map(|code| code.replace('_', "-"));
        code.map(|code| self.shell.t(&format!("guest-list-fault-{code}"))).unwrap_or_default()
    }
}

/// The list.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<GuestListRun>,
    event: Path<Uuid>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Fault> {
    render(&desk, &request, locale, &member, *event, &asked, None).await
}

/// The page as it stands, or with what was wrong.
pub(super) async fn render<P>(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<P>,
    event: Uuid,
    asked: &Asked,
    outcome: Option<Outcome>,
) -> Result<HttpResponse, Fault> {
    let night = find(desk, event).await?;
    let listed = purchase::list(desk, event).await;
    if let Err(error) = &listed {
        tracing::warn!(%error, %event, "the ticket site could not be asked for a night's guest list");
    }
    let (away, list) = (listed.is_err(), listed.unwrap_or_default());
    let tickets: Vec<Uuid> = list.entries.iter().flat_map(|entry| entry.tickets.iter().copied()).collect();
    let admitted = store::admitted(&mut *desk.db.conn().await?, event, &tickets).await?;
    let status = status(outcome.as_ref(), away);
    let title = ui::text(locale.0, "guest-list-title", &[]);
    let shell = views::desk_shell(desk, request, locale, member, Room::Events, &title);
    let page = page(desk.clock.now(), &night, &list, &admitted, asked, outcome, shell);
    views::private(
        status,
        &GuestListPage {
            away,
            allots: member.may(Permission::CompsIssue),
            csrf: member.csrf_token().to_owned(),
            ..page
        },
    )
}

/// A night that is or was on sale: a draft has no list.
pub(super) async fn find(desk: &Desk, event: Uuid) -> Result<Event, Fault> {
    let mut conn = desk.db.conn().await?;
    let found = events::find(&mut conn, Which::Id(event)).await?;
    found.filter(|event| event.row.published_at.is_some()).ok_or_else(Fault::not_found)
}

fn status(outcome: Option<&Outcome>, away: bool) -> StatusCode {
    match outcome.map(|outcome| outcome.refused.code.as_str()) {
        None if away => StatusCode::BAD_GATEWAY,
        None => StatusCode::OK,
        Some("away") => StatusCode::BAD_GATEWAY,
        Some(
            "sold_out" | "allotment_used" | "below_taken" | "still_leaving" | "party_changed"
            | "invalid_state" | "not_on_sale",
        ) => StatusCode::CONFLICT,
        Some("not_found") => StatusCode::NOT_FOUND,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn page(
    now: DateTime<Utc>,
    night: &Event,
    list: &GuestList,
    admitted: &HashSet<Uuid>,
    asked: &Asked,
    outcome: Option<Outcome>,
    shell: Shell,
) -> GuestListPage {
    let zone: Tz = night.row.time_zone.parse().unwrap_or(Tz::UTC);
    let (faults, problem) =
        outcome.as_ref().map(|outcome| said(&shell, &outcome.refused)).unwrap_or_default();
    // What may or may not have been added is asked again under the same key.
    let key = outcome.as_ref().and_then(|outcome| outcome.entered.get("form_key").cloned());
    let mut entered = outcome.map(|outcome| outcome.entered).unwrap_or_default();
    offer(&mut entered, night, list, zone, now);
    let search = asked.search.trim().to_owned();
    let shown = list.entries.iter().filter(|entry| rows::fits(entry, &search));
    GuestListPage {
        style: crate::assets::url("admin.css"),
        csrf: String::new(),
        form_key: key.unwrap_or_else(|| Uuid::new_v4().simple().to_string()),
        path: format!("/admin/events/{}/guest-list", night.row.id),
        event: format!("/admin/events/{}", night.row.id),
        night: night.row.title.clone(),
        when: format::night(shell.lang, night.row.starts_at, night.row.ends_at, zone),
        away: false,
        sum: sum(list, admitted, &shell),
        lines: shown.map(|entry| Line::of(entry, admitted, &shell, zone)).collect(),
        promoters: list.allotments.iter().map(|each| PromoterLine::of(each, &shell)).collect(),
        types: types(night, entered.get("ticket_type")),
        open: night.row.status == "published" && night.row.ends_at > now,
        allots: false,
        zone: format::zone(shell.lang, zone),
        done: done(list, asked, &shell),
        search,
        entered,
        faults,
        problem,
        shell,
    }
}

/// What the form offers: as the last guest was added, and until the doors close.
fn offer(
    entered: &mut HashMap<String, String>,
    night: &Event,
    list: &GuestList,
    zone: Tz,
    now: DateTime<Utc>,
) {
    let last = list.entries.iter().max_by_key(|entry| entry.added_at);
    let cut_off = last.map(|entry| entry.admit_until).filter(|until| *until > now);
    let cut_off = cut_off.unwrap_or(night.row.entry_until).with_timezone(&zone).format(LOCAL).to_string();
    entered.entry("admit_until".to_owned()).or_insert(cut_off);
    entered.entry("party".to_owned()).or_insert_with(|| "1".to_owned());
    let kind = last.and_then(|entry| night.ticket_types.iter().find(|kind| kind.name == entry.ticket_type));
    if let Some(kind) = kind {
        entered.entry("ticket_type".to_owned()).or_insert_with(|| kind.id.to_string());
    }
}

/// The ticket types that are the entry of one person.
fn types(night: &Event, chosen: Option<&String>) -> Vec<Type> {
    let single = |kind: &&events::TicketTypeRow| {
        let terms = kind.terms();
        terms.kind == TicketKind::Entry && terms.places == 1
    };
    let of = |kind: &events::TicketTypeRow| {
        let id = kind.id.to_string();
        Type { chosen: chosen == Some(&id), name: kind.name.clone(), id }
    };
    night.ticket_types.iter().filter(single).map(of).collect()
}

fn sum(list: &GuestList, admitted: &HashSet<Uuid>, shell: &Shell) -> String {
    if list.entries.is_empty() {
        return String::new();
    }
    let guests: u32 = list.entries.iter().map(|entry| entry.party).sum();
    let arrived: u64 = list.entries.iter().map(|entry| rows::arrived(entry, admitted)).sum();
    let entries = list.entries.len();
    ui::text(
        shell.lang,
        "guest-list-sum",
        &[("entries", &entries), ("guests", &guests), ("arrived", &arrived)],
    )
}

/// What was done just before, as the list now stands.
fn done(list: &GuestList, asked: &Asked, shell: &Shell) -> Option<Done> {
    let entry = list.entries.iter().find(|entry| entry.id.to_string() == asked.entry);
    let plain = |key: &str| Some(Done { title: shell.t(key), url: String::new() });
    match asked.done.as_str() {
        "added" => entry.map(|entry| Done {
            title: shell.t1("guest-list-done-added", "name", &entry.name),
            url: entry.url.clone(),
        }),
        "removed" => plain("guest-list-done-removed"),
        "changed" => entry.map(|entry| Done {
            title: shell.t1("guest-list-done-changed", "name", &entry.name),
            url: String::new(),
        }),
        "waiting" => plain("guest-list-done-waiting"),
        "allotted" => plain("guest-list-done-allotted"),
        "inside" => entry.map(|entry| Done {
            title: shell.t1("guest-list-done-inside", "party", entry.party),
            url: String::new(),
        }),
        _ => None,
    }
}

/// What is wrong, by field, and over the form.
fn said(shell: &Shell, refused: &Refused) -> (HashMap<String, String>, String) {
    let faults = refused.errors.iter().map(|each| {
        // The hold engine speaks of the request's items: here there is one.
        let field = match each.field.as_str() {
            "items[0].quantity" => "party",
            "items[0].ticket_type" => "ticket_type",
            field => field,
        };
        (field.to_owned(), known(field, &each.code).to_owned())
    });
    let changing = refused.errors.iter().find(|each| each.field.starts_with(CHANGED));
    let problem = match (refused.code.as_str(), changing) {
        ("away", _) => "problem-away".to_owned(),
        ("sold_out", _) => "problem-sold-out".to_owned(),
        ("allotment_used", _) => "problem-allotment-used".to_owned(),
        ("not_on_sale" | "not_found", _) => "problem-not-on-sale".to_owned(),
        ("invalid_state", _) => "problem-off-list".to_owned(),
        // No field of the page is marked: what is wrong is said over it.
        (_, Some(each)) => format!("fault-{}", known(&each.field, &each.code).replace('_', "-")),
        _ => "problem-fields".to_owned(),
    };
    (faults.collect(), shell.t(&format!("guest-list-{problem}")))
}

/// The codes that have words of their own.
fn known<'a>(field: &str, code: &'a str) -> &'a str {
    match (field, code) {
        // Those words are about a party.
        ("places", "invalid_quantity") => "invalid",
        (
            _,
            "invalid_name"
            | "invalid_email"
            | "invalid_quantity"
            | "too_long"
            | "in_the_past"
            | "outside_the_night"
            | "not_for_guests"
            | "unknown_ticket_type"
            | "allotment_used"
            | "below_taken"
            | "sold_out"
            | "still_leaving"
            | "party_changed",
        ) => code,
        _ => "invalid",
    }
}
