//! `POST /admin/events/{event}/tables` and below: a template is chosen, offers are changed, one by one or many at once, a table gets a
//! picture, booking is opened and closed. What is done leads back to the page; what is refused is shown on it, with all that was typed.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use uuid::Uuid;
use web::can::EventsWrite;
use web::{Fault, Locale, redirect};

use super::night::{self, Wanted};
use super::night_form::{self, Faults};
use super::night_page::{self, Place, Shown};
use super::sent::Sent;
use super::{Refused, pictures};
use crate::Desk;
use crate::staff::Member;

/// What every form of the page comes with.
struct Asked<'a> {
    desk: &'a Desk,
    request: &'a HttpRequest,
    locale: Locale,
    member: &'a Member<EventsWrite>,
    place: Place,
    fields: HashMap<String, String>,
}

/// Copies a template for the night.
pub async fn choose(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsWrite>,
    event: Path<Uuid>,
    sent: Sent,
) -> Result<HttpResponse, Fault> {
    let asked = asked(&desk, &request, locale, &member, *event, sent.fields).await?;
    let place = &asked.place;
    let wanted = asked.fields.get("plan").and_then(|id| id.parse::<Uuid>().ok());
    let template = place.templates.iter().find(|template| Some(template.id) == wanted);
    let (Some(template), Some(zone)) = (template, place.event.zones.as_slice().first()) else {
        return asked.refused(Faults::from([("plan".to_owned(), "unknown")]));
    };
    let wanted = Wanted::copy(template, place.kept.as_ref(), zone.id);
    asked.put(wanted, "chosen").await
}

/// Writes the offers, the menu and the rest.
pub async fn save(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsWrite>,
    event: Path<Uuid>,
    sent: Sent,
) -> Result<HttpResponse, Fault> {
    let asked = asked(&desk, &request, locale, &member, *event, sent.fields).await?;
    let kept = asked.place.kept.as_ref().ok_or_else(Fault::not_found)?;
    match night_form::read(&asked.fields, kept, asked.place.currency) {
        Ok(wanted) => asked.put(wanted, "saved").await,
        Err(faults) => asked.refused(faults),
    }
}

/// Changes many tables at once.
pub async fn apply(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsWrite>,
    event: Path<Uuid>,
    sent: Sent,
) -> Result<HttpResponse, Fault> {
    let asked = asked(&desk, &request, locale, &member, *event, sent.fields).await?;
    let kept = asked.place.kept.as_ref().ok_or_else(Fault::not_found)?;
    match night_form::apply(&asked.fields, kept, asked.place.currency) {
        Ok(wanted) => asked.put(wanted, "saved").await,
        Err(faults) => asked.refused(faults),
    }
}

/// Opens booking, or closes it.
pub async fn open(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsWrite>,
    event: Path<Uuid>,
    sent: Sent,
) -> Result<HttpResponse, Fault> {
    let asked = asked(&desk, &request, locale, &member, *event, sent.fields).await?;
    let kept = asked.place.kept.as_ref().ok_or_else(Fault::not_found)?;
    let mut wanted = Wanted::of(kept);
    wanted.night.open = asked.fields.get("open").is_some_and(|open| open == "yes");
    if wanted.night.open && wanted.night.offers.iter().all(|offer| offer.blocked) {
        return asked.refused(Faults::from([(String::new(), "nothing")]));
    }
    let done = if wanted.night.open { "opened" } else { "closed" };
    asked.put(wanted, done).await
}

/// Gives a table a picture, or every table the same one; without a file it takes the picture away.
pub async fn photo(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsWrite>,
    event: Path<Uuid>,
    sent: Sent,
) -> Result<HttpResponse, Fault> {
    let Sent { fields, file } = sent;
    let asked = asked(&desk, &request, locale, &member, *event, fields).await?;
    let kept = asked.place.kept.as_ref().ok_or_else(Fault::not_found)?;
    let mut wanted = Wanted::of(kept);
    let table = match asked.fields.get("table").map(String::as_str) {
        None | Some("") => None,
        Some(named) => match wanted.night.offers.iter().find(|offer| offer.table.to_string() == named) {
            Some(offer) => Some(offer.table),
            // What is meant for one table is never done to all of them.
            None => return asked.refused(Faults::from([("table".to_owned(), "unknown")])),
        },
    };
    let url = if asked.fields.get("remove").is_some_and(|remove| remove == "yes") {
        None
    } else {
        match pictures::keep(&desk, &member.actor(), file).await {
            Ok(url) => Some(url),
            Err(fault) if fault.fields().is_empty() => return Err(fault),
            Err(fault) => return asked.said(&fault, Faults::new()),
        }
    };
    for offer in wanted.night.offers.iter_mut().filter(|offer| table.is_none_or(|id| offer.table == id)) {
        offer.photo.clone_from(&url);
    }
    asked.put(wanted, "photo").await
}

async fn asked<'a>(
    desk: &'a Desk,
    request: &'a HttpRequest,
    locale: Locale,
    member: &'a Member<EventsWrite>,
    event: Uuid,
    fields: HashMap<String, String>,
) -> Result<Asked<'a>, Fault> {
    let place = Place::find(desk, event).await?;
    Ok(Asked { desk, request, locale, member, place, fields })
}

impl Asked<'_> {
    async fn put(self, wanted: Wanted, done: &str) -> Result<HttpResponse, Fault> {
        let made_from = self.fields.get("revision").and_then(|text| text.parse().ok()).unwrap_or(-1);
        let event = self.place.event.row.id;
        match night::put(self.desk, &self.member.actor(), event, made_from, &wanted).await {
            Ok(_) => Ok(redirect::see_other(&format!("{}?done={done}", self.place.path()))),
            Err(Refused::Faults(faults)) => self.refused(night_form::fields_of(&faults, &wanted.night)),
            Err(Refused::Fault(fault)) if fault.status() == StatusCode::CONFLICT => {
                self.said(&fault, Faults::new())
            }
            Err(Refused::Fault(fault)) => Err(fault),
        }
    }

    /// The page with faults of fields.
    fn refused(self, faults: Faults) -> Result<HttpResponse, Fault> {
        let nothing = faults.values().any(|code| *code == "nothing");
        let key = if nothing { "venue-nothing" } else { "venue-faults" };
        self.shown(StatusCode::UNPROCESSABLE_ENTITY, key, faults)
    }

    /// The page with what a fault says.
    fn said(self, fault: &Fault, faults: Faults) -> Result<HttpResponse, Fault> {
        let key = fault.own_message().map_or("venue-faults", |(key, _)| key);
        self.shown(fault.status(), key, faults)
    }

    fn shown(self, status: StatusCode, key: &str, faults: Faults) -> Result<HttpResponse, Fault> {
        let problem = ui::text(self.locale.0, key, &[]);
        let shown = Shown { typed: self.fields, faults, problem, status: Some(status), done: String::new() };
        night_page::render(self.desk, (self.request, self.locale), self.member, &self.place, shown)
    }
}
