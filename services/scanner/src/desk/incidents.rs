//! `GET /desk/incidents`: what happened tonight, and what followed.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    web::{Data, Path, Query},
};
use serde::Deserialize;
use uuid::Uuid;
use web::{CsrfForm, Fault, Html, Locale, RequestId, Staff, can, redirect};

use super::{
    home::{NightQuery, chosen},
    views::{IncidentCard, IncidentsPage, NightLink, frame},
    words,
};
use crate::door::list;
use crate::incidents::note::NoteRequest;
use crate::{Door, incidents, photos};

/// Shows the incidents of a night.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    locale: Locale,
    query: Query<NightQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let page = page(&door, &staff, locale, &query.event, "").await?;
    Ok(Html(page).respond_to(&request))
}

async fn page(
    door: &Door,
    staff: &Staff<can::Within<can::DoorSupervise>>,
    locale: Locale,
    event: &str,
    problem: &'static str,
) -> Result<IncidentsPage, Fault> {
    let mut conn = door.db.conn().await?;
    let nights = list::nights_of(&mut conn, &staff.grants, door.clock.now()).await?;
    let night = chosen(&nights, event);
    let mut cards = Vec::new();
    if let Some(night) = night {
        let happened = incidents::list::incidents(&mut conn, night.id).await?;
        let wanted: Vec<Uuid> = happened.iter().filter_map(|incident| incident.photo).collect();
        let there = photos::store::still_there(&mut conn, &wanted).await?;
        cards = happened.into_iter().map(|each| IncidentCard::new(each, night, &there, locale.0)).collect();
    }
    Ok(IncidentsPage {
        frame: frame(door, staff, locale.0, "door-desk-incidents", "/desk/incidents").said("", problem),
        night: night.map(|night| NightLink::new(night, locale.0)),
        cards,
    })
}

/// The form as sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteForm {
    event: String,
    text: String,
    /// `on` if nothing more will come of it.
    #[serde(default)]
    closes: String,
}

/// `POST /desk/incidents/{incident}/notes`.
pub async fn note(
    door: Data<Door>,
    incident: Path<Uuid>,
    form: CsrfForm<NoteForm, can::Within<can::DoorSupervise>>,
    locale: Locale,
    id: RequestId,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let incident = incident.into_inner();
    let asked = NoteRequest { text: form.text.clone(), closes: form.closes == "on" };
    match incidents::note::note(&door, &form.staff, &id, incident, &asked).await {
        Ok((_, event)) => Ok(redirect::see_other(&format!("/desk/incidents?event={event}#i-{incident}"))),
        Err(fault) => {
            let Some(problem) = words::problem(&fault) else { return Err(fault) };
            let page = page(&door, &form.staff, locale, &form.event, problem).await?;
            Ok(Html(page).customize().with_status(fault.status()).respond_to(&request).map_into_boxed_body())
        }
    }
}
