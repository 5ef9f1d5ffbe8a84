//! `GET /parties`: who is expected at the tables of a night, who is arriving and who is here, for who looks after them.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, Responder};
use askama::Template;
use ui::Shell;
use web::{Fault, Html, Locale, Staff};

use super::stream::Asked;
use super::{Hosts, panel, watch};
use crate::app::assets::BUNDLE;
use crate::app::shell;
use crate::door::list::{self, EventView};
use crate::{Door, faults};

#[derive(Template)]
#[template(path = "parties.html")]
struct PartiesPage {
    shell: Shell,
    /// Whether who reads this works at the door, too.
    scans: bool,
    /// The night that is shown; none where there is none to show.
    night: Option<Shown>,
    /// All that can be chosen.
    nights: Vec<Choice>,
}

struct Shown {
    event: String,
    title: String,
    when: String,
    parties: String,
}

struct Choice {
    event: String,
    title: String,
    current: bool,
}

impl PartiesPage {
    fn asset(&self, name: &str) -> String {
        BUNDLE.url(name)
    }
}

/// Shows a night: the one asked for, or else the one that is on or comes next.
pub async fn get(
    door: Data<Door>,
    staff: Staff<Hosts>,
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
    let at =
        current.as_ref().map_or_else(|| "/parties".to_owned(), |event| format!("/parties?event={event}"));
    let choice = |each: &EventView| Choice {
        event: each.id.to_string(),
        title: each.title.clone(),
        current: current.as_ref().is_some_and(|event| *event == each.id.to_string()),
    };
    let page = PartiesPage {
        shell: shell(locale.0, "parties-title", &door.links).at(&at),
        scans: staff.may(domain::permission::Permission::DoorScan),
        nights: nights.iter().map(choice).collect(),
        night,
    };
    Ok(Html(page).respond_to(&request))
}

async fn shown(door: &Door, night: &EventView, locale: Locale) -> Result<Option<Shown>, Fault> {
    let newest = watch::read(&door.db, night.id, door.clock.now()).await?;
    let Some(newest) = newest else { return Ok(None) };
    let when = ui::format::night(locale.0, night.starts_at, night.ends_at, newest.zone());
    Ok(Some(Shown {
        event: night.id.to_string(),
        title: night.title.clone(),
        when,
        parties: panel::list(&newest, locale.0).map_err(Fault::internal)?,
    }))
}
