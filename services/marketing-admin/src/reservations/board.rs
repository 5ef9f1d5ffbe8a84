//! `/admin/events/{event}/reservations`: every table of a night that somebody has, and what can be done about it.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::money::{Currency, Money};
use domain::permission::Permission;
use domain::reservation::ReservationState as State;
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::ReservationsRun;
use web::{Fault, Locale};

use super::act::Act;
use super::hosts;
use super::lines::{self, Frame, Line};
use super::plan::{self, Legend};
use super::room::{self, Room};
use super::store::{self, Reservation};
use super::waiting::{self, Waiting};
use crate::Desk;
use crate::events::store::{self as events, Event, Which};
use crate::staff::Member;
use crate::views;

/// Which reservations to show, and what was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    show: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    done: String,
    #[serde(default)]
    reservation: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// What came of a form that was refused.
#[derive(Debug)]
pub(super) struct Outcome {
    pub code: String,
    pub reservation: Uuid,
    pub act: Act,
    pub entered: HashMap<String, String>,
}

#[derive(Template)]
#[template(path = "reservations/board.html")]
struct BoardPage {
    shell: Shell,
    style: String,
    plan_style: String,
    own_style: String,
    script: String,
    /// Where the board is.
    path: String,
    /// Where what changes is told.
    stream: String,
    event: String,
    night: String,
    when: String,
    panel: String,
    waiting: Waiting,
    problem: String,
    done: String,
}

/// What lives of the page: the same HTML in the page and in each event of the stream.
#[derive(Template)]
#[template(path = "reservations/panel.html")]
struct Panel<'a> {
    shell: &'a Shell,
    csrf: String,
    form_key: String,
    path: String,
    /// Whether money may go back.
    refunds: bool,
    /// The night's plan as SVG; empty where it has none.
    picture: String,
    picture_title: String,
    legend: Vec<Legend>,
    sums: Vec<Sum>,
    views: Vec<View>,
    orders: Vec<View>,
    lines: Vec<Line>,
    /// Who of the staff may be chosen as a host.
    hosts: Vec<String>,
    /// Whether the night has none at all.
    none: bool,
    free: Vec<String>,
}

/// Who looks at it, and what their forms carry.
pub(super) struct Viewer<'a> {
    pub shell: &'a Shell,
    pub csrf: &'a str,
    pub form_key: String,
    /// Whether they may give money back.
    pub refunds: bool,
}

/// A night's tables at a moment.
pub(super) struct Seen {
    pub night: Event,
    pub all: Vec<Reservation>,
    pub room: Room,
    /// Who of the staff may be chosen as a host.
    pub hosts: Vec<String>,
}

/// A figure over the board.
struct Sum {
    label: String,
    value: String,
}

/// A way to look at the board.
struct View {
    href: String,
    label: String,
    current: bool,
}

/// The board.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<ReservationsRun>,
    event: Path<Uuid>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Fault> {
    render(&desk, &request, locale, &member, *event, &asked, None).await
}

/// Where a night's board is.
pub(super) fn path(event: Uuid) -> String {
    format!("/admin/events/{event}/reservations")
}

/// The board as it stands, or with what was wrong.
pub(super) async fn render(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<ReservationsRun>,
    event: Uuid,
    asked: &Asked,
    outcome: Option<Outcome>,
) -> Result<HttpResponse, Fault> {
    let seen = look(desk, event).await?;
    let status = outcome.as_ref().map_or(StatusCode::OK, |outcome| status(&outcome.code));
    let title = ui::text(locale.0, "reservations-title", &[]);
    let shell = views::desk_shell(desk, request, locale, member, views::Room::Events, &title);
    // What may or may not have been done is asked again under the same key.
    let key = outcome.as_ref().filter(|outcome| outcome.code == "away");
    let key = key.and_then(|outcome| outcome.entered.get("form_key").cloned());
    let viewer = Viewer {
        shell: &shell,
        csrf: member.csrf_token(),
        form_key: key.unwrap_or_else(new_key),
        refunds: member.may(Permission::RefundsMake),
    };
    let panel = panel(&seen, asked, outcome.as_ref(), viewer)?;
    let waiting = waiting::of(desk, event, locale.0).await;
    views::private(status, &page(&seen, asked, outcome.as_ref(), (panel, waiting), shell))
}

/// A key for the forms of a page: what is sent twice is done once.
pub(super) fn new_key() -> String {
    Uuid::new_v4().simple().to_string()
}

/// The night's tables as they are now. 404 for a draft: it has no tables to book.
pub(super) async fn look(desk: &Desk, event: Uuid) -> Result<Seen, Fault> {
    let mut conn = desk.db.conn().await?;
    let night = events::find(&mut conn, Which::Id(event)).await?;
    let night = night.filter(|night| night.row.published_at.is_some()).ok_or_else(Fault::not_found)?;
    let all = store::of_night(&mut conn, event).await?;
    let room = Room::of(store::plan(&mut conn, event).await?, &all);
    let hosts = hosts::of_night(&mut conn, event).await?;
    Ok(Seen { night, all, room, hosts })
}

fn status(code: &str) -> StatusCode {
    match code {
        "away" => StatusCode::BAD_GATEWAY,
        "not_found" => StatusCode::NOT_FOUND,
        "no_reason" | "no_table" | "no_refund" | "too_long" | "unknown_table" | "unknown_reservation" => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        code if code.starts_with("invalid") && code != "invalid_state" => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    }
}

fn page(
    seen: &Seen,
    asked: &Asked,
    outcome: Option<&Outcome>,
    (panel, waiting): (String, Waiting),
    shell: Shell,
) -> BoardPage {
    let row = &seen.night.row;
    let zone: Tz = row.time_zone.parse().unwrap_or(Tz::UTC);
    let by = order(asked);
    BoardPage {
        style: crate::assets::url("admin.css"),
        plan_style: crate::assets::url("floor-plan.css"),
        own_style: crate::assets::url("reservations.css"),
        script: crate::assets::url("reservations.js"),
        path: path(row.id),
        stream: format!("{}/stream?show={}&by={by}", path(row.id), view(asked).0),
        event: format!("/admin/events/{}", row.id),
        night: row.title.clone(),
        when: format::night(shell.lang, row.starts_at, row.ends_at, zone),
        panel,
        waiting,
        problem: outcome.map(|outcome| problem(&shell, &seen.all, outcome)).unwrap_or_default(),
        done: done(&seen.all, asked, &shell),
        shell,
    }
}

/// What lives of the page, as HTML.
pub(super) fn panel(
    seen: &Seen,
    asked: &Asked,
    outcome: Option<&Outcome>,
    viewer: Viewer<'_>,
) -> Result<String, askama::Error> {
    let Seen { night, all, room, hosts } = seen;
    let shell = viewer.shell;
    let zone: Tz = night.row.time_zone.parse().unwrap_or(Tz::UTC);
    let frame = Frame { shell, zone, night, room, all };
    let lines = shown(all, asked, outcome).into_iter().map(|row| {
        let line = Line::of(row, &frame);
        match outcome.filter(|outcome| outcome.reservation == row.id) {
            Some(outcome) => line.refused(outcome.act, outcome.entered.clone()),
            None => line,
        }
    });
    let mut lines: Vec<Line> = lines.collect();
    if order(asked) == "host" {
        lines::group(&mut lines, shell);
    }
    let picture_title = shell.t1("reservations-live-plan", "night", &night.row.title);
    Panel {
        csrf: viewer.csrf.to_owned(),
        form_key: viewer.form_key,
        path: path(night.row.id),
        refunds: viewer.refunds,
        picture: plan::picture(room, all, &picture_title, shell.lang)?,
        picture_title,
        legend: plan::legend(shell),
        sums: sums(night, all, room, shell),
        views: ways(night.row.id, all, asked, shell),
        orders: orders(night.row.id, asked, shell),
        lines,
        hosts: hosts.clone(),
        none: all.is_empty(),
        free: room.free().iter().map(|table| lines::told(table, shell)).collect(),
        shell,
    }
    .render()
}

/// The ways to look at the board: a name, and which states it shows.
const VIEWS: [(&str, &[State]); 4] = [
    ("live", &[State::Requested, State::Pending, State::Confirmed, State::CheckedIn]),
    ("expected", &[State::Pending, State::Confirmed]),
    ("inside", &[State::CheckedIn]),
    ("over", &[State::Closed, State::NoShow, State::Cancelled, State::Expired]),
];

/// In which orders the board stands.
const ORDERS: [&str; 3] = [ORDER, "arrival", "host"];
/// In which it does unasked.
const ORDER: &str = "table";

/// The order that is asked for.
fn order(asked: &Asked) -> &'static str {
    ORDERS.into_iter().find(|by| *by == asked.by).unwrap_or(ORDER)
}

/// The way that is asked for; the first for any other.
fn view(asked: &Asked) -> (&'static str, &'static [State]) {
    VIEWS.into_iter().find(|(name, _)| *name == asked.show).unwrap_or(VIEWS[0])
}

/// What is shown, in which order; what was refused just before among it, wherever it stands by now.
fn shown<'a>(all: &'a [Reservation], asked: &Asked, outcome: Option<&Outcome>) -> Vec<&'a Reservation> {
    let (_, states) = view(asked);
    let is_shown = |row: &&Reservation| {
        row.state().is_some_and(|state| states.contains(&state))
            || outcome.is_some_and(|outcome| outcome.reservation == row.id)
    };
    let mut shown: Vec<&Reservation> = all.iter().filter(is_shown).collect();
    // By arrival they come from the database.
    let table = |row: &Reservation| room::order_of(&lines::first_label(row));
    match order(asked) {
        "arrival" => {}
        // Whom nobody looks after stands last.
        "host" => shown.sort_by_cached_key(|row| (row.host.is_empty(), row.host.to_lowercase(), table(row))),
        _ => shown.sort_by_cached_key(|row| table(row)),
    }
    shown
}

fn ways(event: Uuid, all: &[Reservation], asked: &Asked, shell: &Shell) -> Vec<View> {
    let by = match order(asked) {
        ORDER => String::new(),
        other => format!("&by={other}"),
    };
    let way = |(name, states): (&'static str, &'static [State])| {
        let count = all.iter().filter(|row| row.state().is_some_and(|state| states.contains(&state))).count();
        View {
            href: format!("{}?show={name}{by}", path(event)),
            label: shell.t1(&format!("reservations-show-{name}"), "count", count),
            current: view(asked).0 == name,
        }
    };
    VIEWS.into_iter().map(way).collect()
}

fn orders(event: Uuid, asked: &Asked, shell: &Shell) -> Vec<View> {
    let show = view(asked).0;
    let way = |by: &'static str| View {
        href: format!("{}?show={show}&by={by}", path(event)),
        label: shell.t(&format!("reservations-by-{by}")),
        current: order(asked) == by,
    };
    ORDERS.map(way).into()
}

/// What the night's tables come to.
fn sums(night: &Event, all: &[Reservation], room: &Room, shell: &Shell) -> Vec<Sum> {
    let currency: Currency = night.row.currency.parse().unwrap_or(Currency::Eur);
    let of = |states: &[State], each: fn(&Reservation) -> i64| -> i64 {
        let rows = all.iter().filter(|row| row.state().is_some_and(|state| states.contains(&state)));
        rows.fold(0_i64, |sum, row| sum.saturating_add(each(row)))
    };
    let money = |minor| format::money(shell.lang, Money::new(minor, currency));
    let sum = |key: &str, value: String| Sum { label: shell.t(&format!("reservations-sum-{key}")), value };
    let live = [State::Pending, State::Confirmed, State::CheckedIn];
    let paid = [State::Confirmed, State::CheckedIn, State::Closed, State::NoShow];
    let tables = all.iter().filter(|row| row.state().is_some_and(State::is_live));
    let taken = tables.map(|row| row.tables().len()).sum::<usize>();
    let tables = if room.tables() == 0 {
        taken.to_string()
    } else {
        shell.t2("reservations-of", "taken", taken, "tables", room.tables())
    };
    vec![
        sum("tables", tables),
        sum("expected", of(&[State::Pending, State::Confirmed], |row| row.party).to_string()),
        sum("inside", of(&[State::CheckedIn], |row| row.party).to_string()),
        sum("minimum", money(of(&live, |row| row.minimum_minor))),
        sum("deposits", money(of(&paid, |row| row.deposit_minor))),
        sum("spent", money(of(&[State::CheckedIn, State::Closed], |row| row.spent_minor))),
        sum("balance", money(of(&[State::Confirmed, State::CheckedIn], |row| row.balance_minor))),
    ]
}

/// What was done just before, as the board now stands.
fn done(all: &[Reservation], asked: &Asked, shell: &Shell) -> String {
    let row = all.iter().find(|row| row.id.to_string() == asked.reservation);
    let act = Act::ALL.into_iter().find(|act| act.code() == asked.done);
    let (Some(row), Some(act)) = (row, act) else { return String::new() };
    let key = format!("reservations-done-{}", act.code());
    let (table, name) = (lines::names(row, shell), &row.booker_name);
    shell.t2(&key, "table", table, "name", name)
}

/// What is wrong, in words: of whom, and why nothing was done.
fn problem(shell: &Shell, all: &[Reservation], outcome: &Outcome) -> String {
    let key = format!("reservations-problem-{}", outcome.code.replace('_', "-"));
    let why = ui::try_text(shell.lang, &key, &[])
        .unwrap_or_else(|| shell.t1("reservations-problem-other", "code", &outcome.code));
    let row = all.iter().find(|row| row.id == outcome.reservation);
    row.map_or(why.clone(), |row| format!("{} · {}: {why}", lines::names(row, shell), row.booker_name))
}
