//! `GET /live`: every gate of a night on one page, for who answers for the door.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, Responder};
use askama::Template;
use ui::Shell;
use web::{Fault, Html, Locale, Staff, can};

use super::panel;
use super::stream::Asked;
use crate::app::assets::BUNDLE;
use crate::app::shell;
use crate::door::list::{self, EventView};
use crate::{Door, faults};

#[derive(Template)]
#[template(path = "live.html")]
struct LivePage {
    shell: Shell,
    /// The night that is shown; none where there is none to show.
    night: Option<Shown>,
    /// All that can be chosen.
    nights: Vec<Choice>,
}

struct Shown {
    event: String,
    title: String,
    when: String,
    figures: String,
    conflicts: String,
}

struct Choice {
    event: String,
    title: String,
    current: bool,
}

impl LivePage {
    fn asset(&self, name: &str) -> String {
        BUNDLE.url(name)
    }
}

/// Shows a night: the one asked for, or else the one that is on or comes next.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    locale: Locale,
    asked: Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let now = door.clock.now();
    let nights = list::nights_of(&mut *door.db.conn().await?, &staff.grants, now).await?;
    let named = |night: &&EventView| night.slug == asked.event || night.id.to_string() == asked.event;
    let chosen = match asked.event.as_str() {
        "" => nights.first(),
        _ => Some(nights.iter().find(named).ok_or_else(faults::event_not_found)?),
    };
    let night = match chosen {
        Some(chosen) => shown(&door, chosen, locale).await?,
        None => None,
    };
    let current = night.as_ref().map(|night| night.event.clone());
    let at = current.as_ref().map_or_else(|| "/live".to_owned(), |event| format!("/live?event={event}"));
    let choice = |each: &EventView| Choice {
        event: each.id.to_string(),
        title: each.title.clone(),
        current: current.as_ref().is_some_and(|event| *event == each.id.to_string()),
    };
    let page = LivePage {
        shell: shell(locale.0, "door-live-title", &door.links).at(&at),
        nights: nights.iter().map(choice).collect(),
        night,
    };
    Ok(Html(page).respond_to(&request))
}

async fn shown(door: &Door, night: &EventView, locale: Locale) -> Result<Option<Shown>, Fault> {
    let newest = door.live.read(&door.db, night.id, door.clock.now()).await?;
    let Some(newest) = newest else { return Ok(None) };
    let when = ui::format::night(locale.0, night.starts_at, night.ends_at, newest.zone());
    Ok(Some(Shown {
        event: night.id.to_string(),
        title: night.title.clone(),
        when,
        figures: panel::figures(&newest, locale.0).map_err(Fault::internal)?,
        conflicts: panel::conflicts(&newest, locale.0).map_err(Fault::internal)?,
    }))
}
