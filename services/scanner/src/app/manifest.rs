//! `GET /app.webmanifest`: what a phone must know to install the door as an app.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::json;
use web::Locale;

use super::assets::BUNDLE;

/// The description, in the reader's language.
pub async fn get(locale: Locale) -> HttpResponse {
    let say = |key: &str| ui::text(locale.0, key, &[]);
    let icon = |src: String, purpose: &str| json!({"src": src, "sizes": "any", "type": "image/svg+xml", "purpose": purpose});
    let about = json!({
        "id": "/",
        "name": format!("{} · {}", say("shared-club"), say("door-app")),
        "short_name": say("door-app"),
        "lang": locale.0.code(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "orientation": "any",
        "background_color": "#000000",
        "theme_color": "#000000",
        "icons": [icon(ui::assets::url("maguey.svg"), "any"), icon(BUNDLE.url("door-icon.svg"), "maskable")],
    });
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/manifest+json"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(about.to_string())
}
