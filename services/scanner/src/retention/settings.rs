//! What supervisors decide of it, and `GET /api/v1/settings` for the phones.

use actix_web::web::{Data, Json};
use audit::Actor;
use domain::language::Language;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use web::{Fault, Locale, Staff, can};

use super::store::{self, Settings};
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
    _: Staff<can::Within<can::DoorScan>>,
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

/// The rules of the table, told before it refuses.
pub fn checked(settings: &Settings) -> Result<(), Fault> {
    let fits = |text: &str| (1..=1000).contains(&text.chars().count());
    let good = fits(&settings.consent_en)
        && fits(&settings.consent_es)
        && (1..=30).contains(&settings.photo_days)
        && (1..=730).contains(&settings.ban_days)
        && (30..=1825).contains(&settings.incident_days)
        && (5..=1440).contains(&settings.data_age_minutes);
    if good { Ok(()) } else { Err(Fault::invalid("validation_failed").field("settings", "invalid_value")) }
}

/// Changes the settings, and writes down who did.
pub async fn change(door: &Door, actor: &Actor, settings: &Settings) -> Result<(), Fault> {
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
