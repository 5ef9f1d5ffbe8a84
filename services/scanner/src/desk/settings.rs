//! `GET /api/v1/settings` for the phones, and `/desk/settings` for who changes them.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::StatusCode,
    web::{Data, Json, Query},
};
use audit::Actor;
use domain::language::Language;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use web::{CsrfForm, Fault, Html, Locale, RequestId, Staff, can, redirect};

use super::{
    store::{self, Settings},
    views::{Done, SettingsPage, frame},
    words,
};
use crate::Door;

/// What a phone goes by.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsView {
    /// Whether photographs may be taken.
    pub photos: bool,
    /// What guests are asked before one, in the caller's language.
    pub consent: String,
    /// Days for which a photograph is kept.
    pub photo_days: i16,
    /// Minutes after which a phone without a network warns that it knows too little.
    pub data_age_minutes: i32,
}

/// Tells what the door goes by.
#[utoipa::path(get, path = "/api/v1/settings", tag = "door",
    responses((status = 200, body = SettingsView), (status = 403, body = web::Problem)), security(("session" = [])))]
pub async fn get(
    door: Data<Door>,
    _: Staff<can::DoorScan>,
    locale: Locale,
) -> Result<Json<SettingsView>, Fault> {
    let settings = store::settings(&mut *door.db.conn().await?).await?;
    Ok(Json(SettingsView {
        photos: settings.photos_on,
        consent: consent(&settings, locale.0).to_owned(),
        photo_days: settings.photo_days,
        data_age_minutes: settings.data_age_minutes,
    }))
}

/// What guests are asked, in this language.
pub fn consent(settings: &Settings, language: Language) -> &str {
    match language {
        Language::En => &settings.consent_en,
        Language::Es => &settings.consent_es,
    }
}

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

/// The rules of the table, told before it refuses.
fn checked(settings: &Settings) -> Result<(), Fault> {
    let fits = |text: &str| (1..=1000).contains(&text.chars().count());
    let good = fits(&settings.consent_en)
        && fits(&settings.consent_es)
        && (1..=30).contains(&settings.photo_days)
        && (1..=730).contains(&settings.ban_days)
        && (30..=1825).contains(&settings.incident_days)
        && (5..=1440).contains(&settings.data_age_minutes);
    if good { Ok(()) } else { Err(Fault::invalid("validation_failed").field("settings", "invalid_value")) }
}

async fn change(door: &Door, actor: &Actor, settings: &Settings) -> Result<(), Fault> {
    let now = door.clock.now();
    door.db
        .transaction(async |conn| {
            let before = store::settings_locked(conn).await?;
            if before == *settings {
                return Ok(());
            }
            store::set(conn, settings).await?;
            let detail = json!({"before": told(&before), "after": told(settings)});
            audit::record(conn, actor, "door.settings_changed", "door", detail, now).await?;
            Ok::<_, Fault>(())
        })
        .await
}

fn told(settings: &Settings) -> serde_json::Value {
    json!({
        "photos": settings.photos_on, "consent_en": settings.consent_en, "consent_es": settings.consent_es,
        "photo_days": settings.photo_days, "ban_days": settings.ban_days, "incident_days": settings.incident_days,
        "data_age_minutes": settings.data_age_minutes,
    })
}
