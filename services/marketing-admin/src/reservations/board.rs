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
use super::lines::{self, Frame, Line};
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
    own_style: String,
    csrf: String,
    form_key: String,
    path: String,
    event: String,
    night: String,
    when: String,
    /// Whether money may go back.
    refunds: bool,
    sums: Vec<Sum>,
    views: Vec<View>,
    orders: Vec<View>,
    lines: Vec<Line>,
    /// Whether the night has none at all.
    none: bool,
    free: Vec<String>,
    waiting: Waiting,
    problem: String,
    done: String,
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
    let mut conn = desk.db.conn().await?;
    let night = events::find(&mut conn, Which::Id(event)).await?;
    // A draft has no tables to book.
    let night = night.filter(|night| night.row.published_at.is_some()).ok_or_else(Fault::not_found)?;
    let all = store::of_night(&mut conn, event).await?;
    let room = Room::of(store::plan(&mut conn, event).await?, &all);
    drop(conn);
    let status = outcome.as_ref().map_or(StatusCode::OK, |outcome| status(&outcome.code));
    let title = ui::text(locale.0, "reservations-title", &[]);
    let shell = views::desk_shell(desk, request, locale, member, views::Room::Events, &title);
    let page = BoardPage {
        refunds: member.may(Permission::RefundsMake),
        csrf: member.csrf_token().to_owned(),
        waiting: waiting::of(desk, event, locale.0).await,
        ..page(&night, &all, &room, asked, outcome, shell)
    };
    views::private(status, &page)
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
    night: &Event,
    all: &[Reservation],
    room: &Room,
    asked: &Asked,
    outcome: Option<Outcome>,
    shell: Shell,
) -> BoardPage {
    let zone: Tz = night.row.time_zone.parse().unwrap_or(Tz::UTC);
    let problem = outcome.as_ref().map(|outcome| problem(&shell, all, outcome)).unwrap_or_default();
    // What may or may not have been done is asked again under the same key.
    let key = outcome.as_ref().filter(|outcome| outcome.code == "away");
    let key = key.and_then(|outcome| outcome.entered.get("form_key").cloned());
    let frame = Frame { shell: &shell, zone, night, room, all };
    let lines = shown(all, asked, outcome.as_ref()).into_iter().map(|row| {
        let line = Line::of(row, &frame);
        match outcome.as_ref().filter(|outcome| outcome.reservation == row.id) {
            Some(outcome) => line.refused(outcome.act, outcome.entered.clone()),
            None => line,
        }
    });
    let lines = lines.collect();
    BoardPage {
        style: crate::assets::url("admin.css"),
        own_style: crate::assets::url("reservations.css"),
        csrf: String::new(),
        form_key: key.unwrap_or_else(|| Uuid::new_v4().simple().to_string()),
        path: path(night.row.id),
        event: format!("/admin/events/{}", night.row.id),
        night: night.row.title.clone(),
        when: format::night(shell.lang, night.row.starts_at, night.row.ends_at, zone),
        refunds: false,
        sums: sums(night, all, room, &shell),
        views: ways(night.row.id, all, asked, &shell),
        orders: orders(night.row.id, asked, &shell),
        lines,
        none: all.is_empty(),
        free: room.free().iter().map(|table| lines::told(table, &shell)).collect(),
        done: done(all, asked, &shell),
        waiting: Waiting::default(),
        problem,
        shell,
    }
}

/// The ways to look at the board: a name, and which states it shows.
const VIEWS: [(&str, &[State]); 4] = [
    ("live", &[State::Requested, State::Pending, State::Confirmed, State::CheckedIn]),
    ("expected", &[State::Pending, State::Confirmed]),
    ("inside", &[State::CheckedIn]),
    ("over", &[State::Closed, State::NoShow, State::Cancelled, State::Expired]),
];

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
    if asked.by != "arrival" {
        shown.sort_by_cached_key(|row| room::order_of(&lines::first_label(row)));
    }
    shown
}

fn ways(event: Uuid, all: &[Reservation], asked: &Asked, shell: &Shell) -> Vec<View> {
    let by = if asked.by == "arrival" { "&by=arrival" } else { "" };
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
    let order = |by: &str| View {
        href: format!("{}?show={show}&by={by}", path(event)),
        label: shell.t(&format!("reservations-by-{by}")),
        current: (asked.by == "arrival") == (by == "arrival"),
    };
    vec![order("table"), order("arrival")]
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
