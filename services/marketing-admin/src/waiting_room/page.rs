//! `/admin/events/{event}/waiting-room`: how a night's waiting room stands, live, and the form that is its switch. It works without a script; then
//! the figures are as old as the page.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::waiting_room::{FASTEST, Switch};
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::{Anything, WaitingRoomSwitch};
use web::{CsrfForm, Fault, Locale, redirect};

use super::purchase::{self, RoomInput, RoomView};
use crate::Desk;
use crate::events::store::{self as events, Event, Which};
use crate::staff::Member;
use crate::views::{self, Room};

/// What was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    done: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// What the form sends: text, judged here.
#[derive(Debug, Default, Deserialize)]
pub struct SwitchForm {
    #[serde(default)]
    switch: String,
    #[serde(default)]
    per_minute: String,
}

#[derive(Template)]
#[template(path = "waiting_room/page.html")]
struct RoomPage {
    shell: Shell,
    style: String,
    script: String,
    csrf: String,
    path: String,
    event: String,
    night: String,
    when: String,
    state: Option<State>,
    choices: Vec<Choice>,
    rate: String,
    rate_hint: String,
    rate_error: String,
    problem: String,
    done: bool,
}

/// How the room stands, in words.
struct State {
    open: bool,
    told: String,
    waiting: i64,
    speed: String,
    wait: String,
}

/// A position of the switch.
struct Choice {
    code: &'static str,
    label: String,
    hint: String,
    chosen: bool,
}

/// A form that was refused.
struct Outcome {
    fault: Fault,
    form: SwitchForm,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<WaitingRoomSwitch>,
    event: Path<Uuid>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Fault> {
    let night = find(&desk, *event).await?;
    let shell = shell(&desk, &request, locale, &member);
    render(&desk, &member, &night, shell, !asked.done.is_empty(), None).await
}

/// The switch. What is done leads back to the page; what is refused is shown over the form.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<WaitingRoomSwitch>,
    event: Path<Uuid>,
    sent: CsrfForm<SwitchForm, Anything>,
) -> Result<HttpResponse, Fault> {
    let night = find(&desk, *event).await?;
    let form = sent.form;
    let switched = match read(&form) {
        Ok(input) => purchase::switch(&desk, &member, *event, &input).await,
        Err(fault) => Err(fault),
    };
    match switched {
        Ok(_) => Ok(redirect::see_other(&format!("{}?done=1", path(*event)))),
        Err(fault) => {
            let shell = shell(&desk, &request, locale, &member);
            render(&desk, &member, &night, shell, false, Some(Outcome { fault, form })).await
        }
    }
}

fn path(event: Uuid) -> String {
    format!("/admin/events/{event}/waiting-room")
}

fn shell(desk: &Desk, request: &HttpRequest, locale: Locale, member: &Member<WaitingRoomSwitch>) -> Shell {
    let title = ui::text(locale.0, "waiting-room-title", &[]);
    views::desk_shell(desk, request, locale, member, Room::Events, &title)
}

/// A night that is or was on sale: nobody waits for a draft.
async fn find(desk: &Desk, event: Uuid) -> Result<Event, Fault> {
    let mut conn = desk.db.conn().await?;
    let found = events::find(&mut conn, Which::Id(event)).await?;
    found.filter(|event| event.row.published_at.is_some()).ok_or_else(Fault::not_found)
}

fn read(form: &SwitchForm) -> Result<RoomInput, Fault> {
    let wrong = || Fault::invalid("invalid_quantity").field("per_minute", "invalid_quantity");
    let switch = form.switch.parse().map_err(|_| Fault::invalid("invalid_value"))?;
    let per_minute = match form.per_minute.trim() {
        "" => None,
        number => {
            Some(number.parse::<u32>().ok().filter(|rate| (1..=FASTEST).contains(rate)).ok_or_else(wrong)?)
        }
    };
    Ok(RoomInput { switch, per_minute })
}

async fn render(
    desk: &Desk,
    member: &Member<WaitingRoomSwitch>,
    night: &Event,
    shell: Shell,
    done: bool,
    outcome: Option<Outcome>,
) -> Result<HttpResponse, Fault> {
    let stands = purchase::room(desk, member, night.row.id).await;
    if let Err(fault) = &stands {
        tracing::warn!(code = fault.code(), event = %night.row.id, "the ticket site does not say how a waiting room stands");
    }
    let room = stands.ok();
    let status = match &outcome {
        None if room.is_none() => StatusCode::BAD_GATEWAY,
        None => StatusCode::OK,
        Some(outcome) if outcome.fault.status().is_server_error() => StatusCode::BAD_GATEWAY,
        Some(outcome) => outcome.fault.status(),
    };
    let page = page(night, room.as_ref(), shell, outcome);
    views::private(status, &RoomPage { csrf: member.csrf_token().to_owned(), done, ..page })
}

fn page(night: &Event, room: Option<&RoomView>, shell: Shell, outcome: Option<Outcome>) -> RoomPage {
    let zone: Tz = night.row.time_zone.parse().unwrap_or(Tz::UTC);
    let stored = || SwitchForm {
        switch: room.map_or(Switch::Automatic, |room| room.switch).code().to_owned(),
        per_minute: room.and_then(|room| room.per_minute).map(|rate| rate.to_string()).unwrap_or_default(),
    };
    let (problem, rate_error) =
        outcome.as_ref().map(|outcome| said(&shell, &outcome.fault)).unwrap_or_default();
    let form = outcome.map_or_else(stored, |outcome| outcome.form);
    RoomPage {
        style: crate::assets::url("admin.css"),
        script: crate::assets::url("going.js"),
        csrf: String::new(),
        path: path(night.row.id),
        event: format!("/admin/events/{}", night.row.id),
        night: night.row.title.clone(),
        when: format::night(shell.lang, night.row.starts_at, night.row.ends_at, zone),
        state: room.map(|room| state(&shell, room, zone)),
        choices: choices(&shell, room, &form.switch),
        rate: form.per_minute,
        rate_hint: room
            .map(|room| shell.t1("waiting-room-rate-hint", "count", room.usual_per_minute))
            .unwrap_or_default(),
        rate_error,
        problem,
        done: false,
        shell,
    }
}

fn state(shell: &Shell, room: &RoomView, zone: Tz) -> State {
    let minutes = (room.wait_seconds + 59) / 60;
    State {
        open: room.open_since.is_some(),
        told: match room.open_since {
            Some(since) => shell.t1("waiting-room-open", "time", format::date_time(shell.lang, since, zone)),
            None => shell.t("waiting-room-closed"),
        },
        waiting: room.waiting,
        speed: shell.t1("waiting-room-speed-of", "count", room.admitted_lately),
        wait: if room.open_since.is_none() {
            shell.t("waiting-room-wait-none")
        } else {
            shell.t1("waiting-room-wait-minutes", "count", minutes)
        },
    }
}

fn choices(shell: &Shell, room: Option<&RoomView>, chosen: &str) -> Vec<Choice> {
    let by_itself = || match room.map(|room| room.opens_above) {
        None | Some(0) => shell.t("waiting-room-automatic-never"),
        Some(above) => shell.t1("waiting-room-automatic-hint", "count", above),
    };
    let words = |switch: Switch| match switch {
        Switch::Automatic => (shell.t("waiting-room-automatic"), by_itself()),
        Switch::Open => (shell.t("waiting-room-hold-open"), shell.t("waiting-room-hold-open-hint")),
        Switch::Closed => (shell.t("waiting-room-keep-closed"), shell.t("waiting-room-keep-closed-hint")),
    };
    let choice = |switch: Switch| {
        let (label, hint) = words(switch);
        Choice { code: switch.code(), label, hint, chosen: switch.code() == chosen }
    };
    Switch::ALL.into_iter().map(choice).collect()
}

/// What is wrong: over the form, and at the field.
fn said(shell: &Shell, fault: &Fault) -> (String, String) {
    let at_field = !fault.fields().is_empty();
    let problem = match fault.code() {
        "not_on_sale" => "waiting-room-problem-not-on-sale",
        "not_found" => "waiting-room-problem-unknown",
        _ if fault.status().is_server_error() => "waiting-room-problem-away",
        _ => "waiting-room-problem-fields",
    };
    let error = if at_field { shell.t1("waiting-room-rate-fault", "most", FASTEST) } else { String::new() };
    (shell.t(problem), error)
}
