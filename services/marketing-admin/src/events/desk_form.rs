//! `/admin/events/new` and `/admin/events/{id}`: the form of a night. Works without a script; with one, rows come at once.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::permission::Permission;
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::{Anything, EventsRead, EventsWrite};
use web::{CsrfForm, Fault, Locale, redirect};

use crate::events::form::{self, Form};
use crate::events::input::EventInput;
use crate::events::lowered::BelowTaken;
use crate::events::store::{self, Event, EventRow, Which};
use crate::events::{change, lowered, venues};
use crate::services::Away;
use crate::staff::Member;
use crate::views::{self, Room};
use crate::{Desk, waitlist};

#[derive(Template)]
#[template(path = "events/form.html")]
struct FormPage {
    shell: Shell,
    style: String,
    script: String,
    form: Form,
    action: String,
    csrf: String,
    zone_name: String,
    venue_name: String,
    problem: String,
    /// The beginning was to move although guests hold tickets: the way to do that is another.
    refused_date: bool,
    saved: String,
    status: String,
    publish_to: String,
    cancel_to: String,
    new_date_to: String,
    archive_to: String,
    guests_to: String,
    board_to: String,
    shifts_to: String,
    tables_to: String,
    room_to: String,
    presale_to: String,
    public_url: String,
    changed: String,
    may_write: bool,
    /// How the night's lines stand.
    waitlist: String,
    lowered: Option<Warning>,
}

/// Capacities that are to be below what is taken, before they are saved.
struct Warning {
    /// What is taken of each, and what that means.
    lines: Vec<String>,
    /// Says with the button which of them were read.
    confirms: String,
}

impl FormPage {
    /// What kind of answer that is, in words.
    fn answer(&self, kind: &str) -> String {
        self.shell.t(&format!("terms-question-{}", kind.replace('_', "-")))
    }

    /// How often a ticket's guest comes in, in words.
    fn entry_rule(&self, rule: &str) -> String {
        match rule {
            "" => self.shell.t("terms-entries-once"),
            "any" => self.shell.t("terms-entries-any"),
            counted => self.shell.t1("terms-entries-counted", "count", counted),
        }
    }

    /// What is wrong with a field, in words.
    fn error(&self, name: impl AsRef<str>) -> String {
        match self.form.fault(name.as_ref()).as_str() {
            "" => String::new(),
            code => self.shell.t(&format!("admin-fault-{}", code.replace('_', "-"))),
        }
    }
}

impl FormPage {
    /// What is wrong with the time for giving back: with what was typed, or with the deadline it makes.
    fn hours_error(&self) -> String {
        let typed = self.error(form::HOURS);
        if typed.is_empty() { self.error("refunds.self_service_until") } else { typed }
    }

    /// The same of the time for exchanging.
    fn exchange_error(&self) -> String {
        let typed = self.error(form::EXCHANGE_HOURS);
        if typed.is_empty() { self.error("exchange_until") } else { typed }
    }
}

/// What was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// An empty form.
pub async fn new(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsWrite>,
) -> Result<HttpResponse, Fault> {
    let place = Place::of(&desk, None).await?;
    render(&desk, &request, locale, &member, &place, Form::empty(), Said::default())
}

/// The form of an event.
pub async fn edit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsRead>,
    event: Path<Uuid>,
    done: Query<Done>,
) -> Result<HttpResponse, Fault> {
    let place = Place::of(&desk, Some(*event)).await?;
    let form = place.event.as_ref().map_or_else(Form::empty, Form::of);
    // A draft has never been on sale.
    let on_sale = place.event.as_ref().filter(|event| event.row.published_at.is_some());
    let waitlist = match on_sale {
        Some(event) => waitlist::strip(&desk, event.row.id, locale.0).await?,
        None => String::new(),
    };
    let said = Said { done: done.into_inner().done, waitlist, ..Said::default() };
    render(&desk, &request, locale, &member, &place, form, said)
}

/// Makes a draft of the form, or shows it again.
pub async fn create(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsWrite>,
    sent: CsrfForm<HashMap<String, String>, Anything>,
) -> Result<HttpResponse, Fault> {
    let place = Place::of(&desk, None).await?;
    submit(&desk, &request, locale, &member, place, sent.form).await
}

/// Changes the event by the form, or shows it again.
pub async fn update(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsWrite>,
    event: Path<Uuid>,
    sent: CsrfForm<HashMap<String, String>, Anything>,
) -> Result<HttpResponse, Fault> {
    let place = Place::of(&desk, Some(*event)).await?;
    submit(&desk, &request, locale, &member, place, sent.form).await
}

async fn submit(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<EventsWrite>,
    place: Place,
    mut sent: HashMap<String, String>,
) -> Result<HttpResponse, Fault> {
    let step = sent.remove("step").unwrap_or_default();
    let mut form = Form::sent(sent);
    if let Some(list) = step.strip_prefix("add:") {
        form.add_row(list);
        return render(desk, request, locale, member, &place, form, Said::default());
    }
    let Some(input) = form.input(place.zone) else {
        return faulty(desk, request, locale, member, &place, form, "admin-event-faults");
    };
    let read = step.strip_prefix("lower:").unwrap_or_default();
    if let Some(warning) = warning(desk, locale, &place, &input, read).await {
        let said = Said { lowered: Some(warning), ..Said::default() };
        let mut answer = render(desk, request, locale, member, &place, form, said)?;
        *answer.status_mut() = StatusCode::CONFLICT;
        return Ok(answer);
    }
    let saved = match &place.event {
        None => change::create(desk, &member.actor(), input).await,
        Some(event) => change::change(desk, &member.actor(), event.row.id, input).await,
    };
    match saved {
        Ok(event) => Ok(redirect::see_other(&format!("/admin/events/{}?done=saved", event.row.id))),
        Err(fault) if fault.code() == "stale_revision" => {
            faulty(desk, request, locale, member, &place, form, "admin-event-stale")
        }
        Err(fault) if !fault.fields().is_empty() => {
            form.take_faults(&fault);
            let problem =
                if form.fault("starts_at") == "new_date" { REFUSED_DATE } else { "admin-event-faults" };
            faulty(desk, request, locale, member, &place, form, problem)
        }
        Err(fault) => Err(fault),
    }
}

/// What has to be read before the form is saved, unless it was: `read` is the print of the capacities that somebody has confirmed.
async fn warning(
    desk: &Desk,
    locale: Locale,
    place: &Place,
    input: &EventInput,
    read: &str,
) -> Option<Warning> {
    let event = place.event.as_ref()?;
    let lowered = lowered::by_input(event, input);
    let print = lowered::print(&lowered);
    if lowered.is_empty() || print == read {
        return None;
    }
    let line = |below: BelowTaken| {
        ui::text(
            locale.0,
            "admin-capacity-below",
            &[
                ("name", &below.name),
                ("taken", &(below.sold + below.held)),
                ("sold", &below.sold),
                ("held", &below.held),
                ("capacity", &below.capacity),
            ],
        )
    };
    let lines = match lowered::below_taken(desk, event.row.id, &lowered).await {
        Ok(below) => below.into_iter().map(line).collect(),
        Err(Away) => vec![ui::text(locale.0, "admin-capacity-away", &[])],
    };
    (!lines.is_empty()).then(|| Warning { lines, confirms: format!("lower:{print}") })
}

/// What the page says where guests hold tickets for the date that was to change.
const REFUSED_DATE: &str = "dates-refused";

/// Where the form stands: the event it is of, and the venue's zone in which its times are meant.
struct Place {
    event: Option<Event>,
    venue: String,
    zone: Tz,
}

impl Place {
    async fn of(desk: &Desk, event: Option<Uuid>) -> Result<Self, Fault> {
        let mut conn = desk.db.conn().await?;
        let Some(id) = event else {
            let venue = venues::resolve(&mut conn, None).await?;
            return Ok(Self { event: None, zone: venue.zone(), venue: venue.name });
        };
        let event = store::find(&mut conn, Which::Id(id)).await?.ok_or_else(Fault::not_found)?;
        let zone = event.row.time_zone.parse().unwrap_or(Tz::UTC);
        Ok(Self { venue: event.row.venue_name.clone(), zone, event: Some(event) })
    }
}

/// What the page says above the form.
#[derive(Default)]
struct Said {
    problem: &'static str,
    done: String,
    waitlist: String,
    lowered: Option<Warning>,
}

fn faulty<P>(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<P>,
    place: &Place,
    form: Form,
    problem: &'static str,
) -> Result<HttpResponse, Fault> {
    let mut answer = render(desk, request, locale, member, place, form, Said { problem, ..Said::default() })?;
    let status =
        if problem == "admin-event-stale" { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    *answer.status_mut() = status;
    Ok(answer)
}

fn render<P>(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<P>,
    place: &Place,
    form: Form,
    said: Said,
) -> Result<HttpResponse, Fault> {
    let t = |key: &str| if key.is_empty() { String::new() } else { ui::text(locale.0, key, &[]) };
    let row = place.event.as_ref().map(|event| &event.row);
    let title = row.map_or_else(|| t("admin-event-new"), |row| row.title.clone());
    let saved = match said.done.as_str() {
        "saved" => t("admin-event-saved"),
        "published" => t("admin-event-published"),
        "new-date" => t("dates-done"),
        "archived" => t("dates-archived"),
        _ => String::new(),
    };
    let draft = row.filter(|row| row.status == "draft" && member.may(Permission::EventsPublish));
    let published = row.filter(|row| row.status == "published");
    let may_publish = member.may(Permission::EventsPublish);
    let over = |row: &EventRow| row.ends_at <= desk.clock.now();
    let to_come = published.filter(|row| may_publish && !over(row));
    let done = row
        .filter(|row| may_publish && (row.status == "cancelled" || row.status == "published" && over(row)));
    let page = FormPage {
        shell: views::desk_shell(desk, request, locale, member, Room::Events, &title),
        style: crate::assets::url("admin.css"),
        script: crate::assets::url("event-form.js"),
        form,
        action: row.map_or_else(|| "/admin/events".to_owned(), |row| format!("/admin/events/{}", row.id)),
        csrf: member.csrf_token().to_owned(),
        zone_name: format::zone(locale.0, place.zone),
        venue_name: place.venue.clone(),
        problem: t(said.problem),
        refused_date: said.problem == REFUSED_DATE,
        saved,
        status: row.map(|row| row.status.clone()).unwrap_or_default(),
        publish_to: draft.map(|row| format!("/admin/events/{}/publish", row.id)).unwrap_or_default(),
        cancel_to: row
            .filter(|row| member.may(Permission::EventsCancel) && row.status == "published")
            .map(|row| format!("/admin/events/{}/cancel", row.id))
            .unwrap_or_default(),
        new_date_to: to_come.map(|row| format!("/admin/events/{}/new-date", row.id)).unwrap_or_default(),
        archive_to: done.map(|row| format!("/admin/events/{}/archive", row.id)).unwrap_or_default(),
        guests_to: row
            .filter(|row| member.may(Permission::GuestListRun) && row.published_at.is_some())
            .map(|row| format!("/admin/events/{}/guest-list", row.id))
            .unwrap_or_default(),
        board_to: row
            .filter(|row| member.may(Permission::ReservationsRun) && row.published_at.is_some())
            .map(|row| format!("/admin/events/{}/reservations", row.id))
            .unwrap_or_default(),
        shifts_to: row
            .filter(|_| may_publish)
            .map(|row| format!("/admin/events/{}/shifts", row.id))
            .unwrap_or_default(),
        tables_to: row.map(|row| format!("/admin/events/{}/tables", row.id)).unwrap_or_default(),
        room_to: published
            .filter(|row| member.may(Permission::WaitingRoomSwitch) && !over(row))
            .map(|row| format!("/admin/events/{}/waiting-room", row.id))
            .unwrap_or_default(),
        presale_to: to_come.map(|row| format!("/admin/events/{}/presale", row.id)).unwrap_or_default(),
        public_url: published.map(|row| format!("/events/{}", row.slug)).unwrap_or_default(),
        changed: row.map(|row| format::date_time(locale.0, row.changed_at, place.zone)).unwrap_or_default(),
        may_write: member.may(Permission::EventsWrite),
        waitlist: said.waitlist,
        lowered: said.lowered,
    };
    views::private(StatusCode::OK, &page)
}
