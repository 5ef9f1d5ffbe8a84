//! `/desk/settings`: what the door goes by, for who changes it.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::StatusCode,
    web::{Data, Query},
};
use audit::Actor;
use serde::Deserialize;
use web::{CsrfForm, Fault, Html, Locale, RequestId, Staff, can, redirect};

use super::{
    views::{Done, SettingsPage, frame},
    words,
};
use crate::Door;
use crate::retention::{
    settings::{change, checked},
    store::{self, Settings},
};

/// `GET /desk/settings`.
pub async fn page(
    door: Data<Door>,
    staff: Staff<can::DoorSupervise>,
    locale: Locale,
    done: Query<Done>,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let settings = store::settings(&mut *door.db.conn().await?).await?;
    let frame = frame(&door, &staff, locale.0, "door-desk-settings", "/desk/settings").done(&done);
    Ok(Html(SettingsPage { frame, settings }).respond_to(&request))
}

/// The form as sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsForm {
    #[serde(default)]
    photos: String,
    consent_en: String,
    consent_es: String,
    photo_days: String,
    ban_days: String,
    incident_days: String,
    data_age_minutes: String,
}

/// `POST /desk/settings`.
pub async fn post(
    door: Data<Door>,
    form: CsrfForm<SettingsForm, can::DoorSupervise>,
    locale: Locale,
    id: RequestId,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let settings = read(&form.form);
    let fault = match checked(&settings) {
        Ok(()) => {
            change(&door, &Actor::staff(&form.staff, &id), &settings).await?;
            return Ok(redirect::see_other("/desk/settings?done=settings"));
        }
        Err(fault) => fault,
    };
    let Some(problem) = words::problem(&fault) else { return Err(fault) };
    let frame = frame(&door, &form.staff, locale.0, "door-desk-settings", "/desk/settings").refused(problem);
    let page = Html(SettingsPage { frame, settings });
    Ok(page
        .customize()
        .with_status(StatusCode::UNPROCESSABLE_ENTITY)
        .respond_to(&request)
        .map_into_boxed_body())
}

/// A number that is none is one that no rule allows.
fn read(form: &SettingsForm) -> Settings {
    let days = |text: &str| text.trim().parse().unwrap_or(0);
    Settings {
        photos_on: form.photos == "on",
        consent_en: form.consent_en.trim().to_owned(),
        consent_es: form.consent_es.trim().to_owned(),
        photo_days: days(&form.photo_days),
        ban_days: days(&form.ban_days),
        incident_days: days(&form.incident_days),
        data_age_minutes: form.data_age_minutes.trim().parse().unwrap_or(0),
    }
}
