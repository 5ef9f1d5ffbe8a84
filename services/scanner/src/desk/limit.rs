//! `POST /desk/limit`: how many people may be inside tonight, or in one zone.

use actix_web::{HttpRequest, HttpResponse, Responder, web::Data};
use audit::Actor;
use serde::Deserialize;
use web::{CsrfForm, Fault, Html, Locale, RequestId, can, redirect};

use super::{home, report::place, words};
use crate::{Door, counter::limit, faults};

/// The form as sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitForm {
    /// The event's slug.
    event: String,
    /// So many; empty for as many as come.
    people: String,
    /// Why, for whoever asks later.
    note: String,
    /// The zone that they are counted in; empty for the whole night.
    #[serde(default)]
    zone: String,
}

/// Sets the limit and comes back to the night; a number that makes no sense is asked for again.
pub async fn post(
    door: Data<Door>,
    form: CsrfForm<LimitForm, can::Within<can::DoorSupervise>>,
    locale: Locale,
    id: RequestId,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let CsrfForm { form, staff } = form;
    let actor = Actor::staff(&staff, &id).because(&form.note);
    let night = crate::door::store::event_named(&mut *door.db.conn().await?, &form.event).await?;
    if let Some(night) = night {
        staff.within(night)?;
    }
    let fault = match set(&door, &actor, &form).await {
        Ok(()) => {
            tracing::info!("limit set at the desk");
            return Ok(redirect::see_other(&format!("/desk?event={}&done=limit", place(&form.event))));
        }
        Err(fault) => fault,
    };
    let Some(problem) = words::problem(&fault) else { return Err(fault) };
    let mut page = home::page(&door, &staff, locale, &form.event).await?;
    page.frame = page.frame.refused(problem);
    Ok(Html(page).customize().with_status(fault.status()).respond_to(&request).map_into_boxed_body())
}

/// Sets it for the night, or for one of its zones.
async fn set(door: &Door, actor: &Actor, form: &LimitForm) -> Result<(), Fault> {
    let people = match form.people.trim() {
        "" => None,
        text => {
            let people = text.parse::<i32>();
            Some(people.map_err(|_| Fault::invalid("invalid_value").field("people", "invalid_value"))?)
        }
    };
    if form.zone.is_empty() {
        limit::set(door, actor, &form.event, people).await?;
    } else {
        let zone = form.zone.parse::<uuid::Uuid>().map_err(|_| faults::zone_not_found())?;
        limit::set_zone(door, actor, &form.event, zone, people).await?;
    }
    Ok(())
}
