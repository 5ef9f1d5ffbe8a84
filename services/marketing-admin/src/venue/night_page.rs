//! `/admin/events/{event}/tables`: a night's own plan, with what its tables cost.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::floor_plan::NightPlan;
use domain::money::Currency;
use domain::permission::Permission;
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::EventsRead;
use web::{Fault, Locale};

use super::drawing;
use super::night_form::Faults;
use super::night_rows::{BottleRow, Choice, Row, View};
use super::store::{nights, templates};
use crate::Desk;
use crate::events::store::{self as events, Event, Which};
use crate::staff::Member;
use crate::views::{self, Room};

/// A night, its plan, and the templates that it may copy.
pub(super) struct Place {
    pub(super) event: Event,
    pub(super) kept: Option<nights::Kept>,
    pub(super) templates: Vec<templates::Template>,
    pub(super) currency: Currency,
}

impl Place {
    /// The night, or 404.
    pub(super) async fn find(desk: &Desk, event: Uuid) -> Result<Self, Fault> {
        let mut conn = desk.db.conn().await?;
        let event = events::find(&mut conn, Which::Id(event)).await?.ok_or_else(Fault::not_found)?;
        let currency = event.row.currency.parse().map_err(Fault::internal)?;
        let kept = nights::find(&mut conn, event.row.id).await?;
        let mut templates = templates::list(&mut conn).await?;
        templates.retain(|template| template.archived_at.is_none());
        Ok(Self { event, kept, templates, currency })
    }

    /// Its own page.
    pub(super) fn path(&self) -> String {
        format!("/admin/events/{}/tables", self.event.row.id)
    }
}

/// What the page says beside what is kept: a form that was refused, or what was done.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) typed: HashMap<String, String>,
    pub(super) faults: Faults,
    /// What is wrong, in words.
    pub(super) problem: String,
    pub(super) done: String,
    pub(super) status: Option<StatusCode>,
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

#[derive(Template)]
#[template(path = "venue/night.html")]
struct NightPage {
    shell: Shell,
    style: String,
    styles: [String; 2],
    csrf: String,
    path: String,
    event: String,
    title: String,
    when: String,
    may_write: bool,
    problem: String,
    done: String,
    revision: i64,
    /// Templates to choose from; none once guests could book.
    templates: Vec<(String, String)>,
    /// The plan as a picture; empty: there is none.
    picture: String,
    open: bool,
    for_sale: String,
    zones: Vec<Choice>,
    rooms: Vec<(String, String)>,
    rows: Vec<Row>,
    bottles: Vec<BottleRow>,
    release: String,
    release_error: String,
    /// Whether tables are asked for first.
    asks: bool,
    currency: &'static str,
    all: AllRow,
}

/// The form for many tables at once, as it was typed.
struct AllRow {
    minimum: String,
    deposit: String,
    includes: String,
    error: String,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsRead>,
    event: Path<Uuid>,
    done: Query<Done>,
) -> Result<HttpResponse, Fault> {
    let place = Place::find(&desk, *event).await?;
    let done = match done.done.as_str() {
        "chosen" | "saved" | "opened" | "closed" | "photo" => {
            ui::text(locale.0, &format!("venue-done-{}", done.done), &[])
        }
        _ => String::new(),
    };
    let shown = Shown { done, ..Shown::default() };
    render(&desk, (&request, locale), &member, &place, shown)
}

/// The page as it stands, or with what was refused.
pub(super) fn render<P>(
    desk: &Desk,
    (request, locale): (&HttpRequest, Locale),
    member: &Member<P>,
    place: &Place,
    shown: Shown,
) -> Result<HttpResponse, Fault> {
    let row = &place.event.row;
    let zone: Tz = row.time_zone.parse().unwrap_or(Tz::UTC);
    let title = ui::text(locale.0, "venue-night-title", &[]);
    let shell = views::desk_shell(desk, request, locale, member, Room::Events, &title).at(&place.path());
    let nothing = NightPlan::default();
    let night = place.kept.as_ref().map_or(&nothing, |kept| &kept.night);
    let view = View { shell: &shell, night, currency: place.currency, shown: &shown };
    let opened = place.kept.as_ref().is_some_and(|kept| kept.opened_at.is_some());
    let sold = night.offers.iter().filter(|offer| !offer.blocked).count();
    let page = NightPage {
        style: crate::assets::url("admin.css"),
        styles: ["venue.css", "floor-plan.css"].map(crate::assets::url),
        csrf: member.csrf_token().to_owned(),
        path: place.path(),
        event: format!("/admin/events/{}", row.id),
        title: row.title.clone(),
        when: format::night(locale.0, row.starts_at, row.ends_at, zone),
        may_write: member.may(Permission::EventsWrite)
            && matches!(row.status.as_str(), "draft" | "published"),
        revision: place.kept.as_ref().map_or(0, |kept| kept.revision),
        templates: if opened { Vec::new() } else { names(&place.templates) },
        picture: match &place.kept {
            Some(kept) => drawing::svg(&kept.night.plan, &row.title, locale.0)?,
            None => String::new(),
        },
        open: night.open,
        for_sale: shell.t2("venue-for-sale", "count", sold, "all", night.plan.tables.len()),
        zones: view.zones(place),
        rooms: night.plan.rooms.iter().map(|room| (room.id.to_string(), room.name.clone())).collect(),
        rows: night.plan.tables.iter().map(|table| view.row(table)).collect(),
        bottles: view.bottles(),
        release: view.typed("release", || night.release_after_minutes.to_string()),
        release_error: view.error(&["release"]),
        asks: view.typed("asks", || if night.asks_first { "yes" } else { "no" }.to_owned()) == "yes",
        currency: place.currency.code(),
        all: AllRow {
            minimum: view.typed("all.minimum", String::new),
            deposit: view.typed("all.deposit", String::new),
            includes: view.typed("all.includes", String::new),
            error: view.error(&["all.minimum", "all.deposit"]),
        },
        problem: shown.problem.clone(),
        done: shown.done.clone(),
        shell: shell.clone(),
    };
    views::private(shown.status.unwrap_or(StatusCode::OK), &page)
}

fn names(templates: &[templates::Template]) -> Vec<(String, String)> {
    templates.iter().map(|template| (template.id.to_string(), template.name.clone())).collect()
}
