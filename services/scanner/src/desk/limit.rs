//! `POST /desk/limit`: how many people may be inside tonight.

use actix_web::{HttpRequest, HttpResponse, Responder, web::Data};
use audit::Actor;
use serde::Deserialize;
use web::{CsrfForm, Fault, Html, Locale, RequestId, can, redirect};

use super::{home, report::place, words};
use crate::{Door, counter::limit};

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
}

/// Sets the limit and comes back to the night; a number that makes no sense is asked for again.
pub async fn post(
    door: Data<Door>,
    form: CsrfForm<LimitForm, can::DoorSupervise>,
    locale: Locale,
    id: RequestId,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let CsrfForm { form, staff } = form;
    let actor = Actor::staff(&staff, &id).because(&form.note);
    let set = match form.people.trim() {
        "" => limit::set(&door, &actor, &form.event, None).await,
        text => match text.parse() {
            Ok(people) => limit::set(&door, &actor, &form.event, Some(people)).await,
            Err(_) => Err(Fault::invalid("invalid_value").field("people", "invalid_value")),
        },
    };
    let fault = match set {
        Ok(inside) => {
            tracing::info!(limit = inside.limit, "limit set at the desk");
            return Ok(redirect::see_other(&format!("/desk?event={}&done=limit", place(&form.event))));
        }
        Err(fault) => fault,
    };
    let Some(problem) = words::problem(&fault) else { return Err(fault) };
    let mut page = home::page(&door, &staff, locale, &form.event).await?;
    page.frame = page.frame.refused(problem);
    Ok(Html(page).customize().with_status(fault.status()).respond_to(&request).map_into_boxed_body())
}
