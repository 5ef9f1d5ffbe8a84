//! `/admin/events/{event}/shifts`: who works this night, and the forms that plan it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::language::Language;
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::EventsPublish;
use web::{Fault, Locale};

use super::save::Entered;
use super::store::{self, Person, Planned, ShiftRow};
use super::times::local_text;
use super::{Night, Problem, name_or};
use crate::Desk;
use crate::staff::{Member, roles};
use crate::views::{self, Room};

/// What was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
    #[serde(default)]
    count: usize,
    #[serde(default)]
    left: usize,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// A form that was refused; `shift`: the one that it was about.
pub(super) struct Sent {
    pub(super) problem: Problem,
    pub(super) entered: Entered,
    pub(super) shift: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "shifts/night.html")]
struct NightPage {
    shell: Shell,
    style: String,
    csrf: String,
    path: String,
    event: String,
    night: String,
    when: String,
    zone: String,
    open: bool,
    lines: Vec<Line>,
    people: Vec<Choice>,
    nights: Vec<Choice>,
    starts: String,
    ends: String,
    post: String,
    note: String,
    problem: String,
    done: String,
}

struct Line {
    id: String,
    name: String,
    when: String,
    starts: String,
    ends: String,
    post: String,
    note: String,
    /// As its form has them.
    typed_post: String,
    typed_note: String,
    suspended: bool,
    /// At another time than the night.
    elsewhere: bool,
    /// Its form was refused and stands open.
    open: bool,
}

struct Choice {
    id: String,
    name: String,
    about: String,
    chosen: bool,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsPublish>,
    event: Path<Uuid>,
    done: Query<Done>,
) -> Result<HttpResponse, Fault> {
    let night = Night::find(&desk, *event).await?;
    render(&desk, (&request, locale), &member, night, &done, None).await
}

/// The page as it stands, or with what was refused.
pub(super) async fn render(
    desk: &Desk,
    (request, locale): (&HttpRequest, Locale),
    member: &Member<EventsPublish>,
    night: Night,
    done: &Done,
    sent: Option<Sent>,
) -> Result<HttpResponse, Fault> {
    let (lang, zone) = (locale.0, night.zone);
    let mut conn = desk.db.conn().await?;
    let shifts = store::of_night(&mut conn, night.row.id).await?;
    let people = store::people(&mut conn).await?;
    let nights = store::planned_nights(&mut conn, night.row.id).await?;
    let own = roles::store::own(&mut conn).await?;
    drop(conn);
    let status = sent.as_ref().map_or(StatusCode::OK, |sent| sent.problem.status());
    let problem = sent.as_ref().map(|sent| sent.problem.said(lang, zone)).unwrap_or_default();
    let title = ui::text(lang, "shifts-title", &[]);
    let shell = views::desk_shell(desk, request, locale, member, Room::Events, &title);
    let path = format!("/admin/events/{}/shifts", night.row.id);
    // What was typed anew; of a shift that was to change, its own form holds it.
    let entered = sent.as_ref().filter(|sent| sent.shift.is_none()).map(|sent| &sent.entered);
    let kept = |name: &str| entered.and_then(|entered| entered.get(name)).cloned();
    let person = |person: Person| Choice {
        chosen: kept(&format!("person.{}", person.id)).is_some(),
        id: person.id.to_string(),
        name: name_or(lang, &person.name),
        about: roles::name_of(lang, &person.role, &own),
    };
    let page = NightPage {
        style: crate::assets::url("admin.css"),
        csrf: member.csrf_token().to_owned(),
        event: format!("/admin/events/{}", night.row.id),
        night: night.row.title.clone(),
        when: format::night(lang, night.row.starts_at, night.row.ends_at, zone),
        zone: format::zone(lang, zone),
        open: night.is_open(desk.clock.now()),
        lines: shifts.into_iter().map(|shift| line(lang, &night, shift, sent.as_ref())).collect(),
        people: people.into_iter().map(person).collect(),
        // A night that is none of theirs is none to copy from.
        nights: nights
            .into_iter()
            .filter(|night| member.grants.reaches(night.event_id.into()))
            .map(|night| source(lang, night))
            .collect(),
        starts: kept("starts").unwrap_or_else(|| local_text(night.row.starts_at, zone)),
        ends: kept("ends").unwrap_or_else(|| local_text(night.row.ends_at, zone)),
        post: kept("post").unwrap_or_default(),
        note: kept("note").unwrap_or_default(),
        done: said(&shell, done),
        problem,
        // The language switch leads to the page, not to where a form was sent.
        shell: shell.at(&path),
        path,
    };
    views::private(status, &page)
}

fn line(lang: Language, night: &Night, shift: ShiftRow, sent: Option<&Sent>) -> Line {
    let entered = sent.filter(|sent| sent.shift == Some(shift.id)).map(|sent| &sent.entered);
    let kept =
        |name: &str, stored: String| entered.and_then(|entered| entered.get(name)).cloned().unwrap_or(stored);
    Line {
        id: shift.id.to_string(),
        name: name_or(lang, &shift.name),
        when: shift.hours().said(lang, night.zone),
        starts: kept("starts", local_text(shift.starts_at, night.zone)),
        ends: kept("ends", local_text(shift.ends_at, night.zone)),
        elsewhere: !shift.hours().belong_to(&night.row),
        suspended: shift.suspended,
        open: entered.is_some(),
        typed_post: kept("post", shift.post.clone()),
        typed_note: kept("note", shift.note.clone()),
        post: shift.post,
        note: shift.note,
    }
}

/// A night whose shifts can be copied.
fn source(lang: Language, night: Planned) -> Choice {
    let zone: Tz = night.time_zone.parse().unwrap_or(Tz::UTC);
    Choice {
        id: night.event_id.to_string(),
        name: format!("{} · {}", night.title, format::date_time(lang, night.starts_at, zone)),
        about: ui::text(lang, "shifts-count", &[("count", &night.shifts)]),
        chosen: false,
    }
}

fn said(shell: &Shell, done: &Done) -> String {
    match done.done.as_str() {
        "planned" | "changed" | "removed" => shell.t(&format!("shifts-done-{}", done.done)),
        "copied" => {
            ui::text(shell.lang, "shifts-done-copied", &[("count", &done.count), ("left", &done.left)])
        }
        _ => String::new(),
    }
}
