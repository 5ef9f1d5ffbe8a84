//! A night's art: `GET /e/{slug}/poster.svg` for whom the night is open to; an order's guest sees it beside the order
//! (`orders::poster`), whatever became of the night.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{Data, Path, Query};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use serde::Deserialize;
use ui::format;
use ui::poster::Shape;
use uuid::Uuid;
use web::{ClientAddress, Fault, Locale};

use crate::{Shop, presales};

/// Which format, and what opens a private night.
#[derive(Debug, Deserialize)]
pub struct PosterQuery {
    #[serde(default)]
    shape: String,
    /// An access code.
    #[serde(default)]
    code: String,
}

/// What is drawn.
pub(crate) struct Art<'a> {
    pub event: Uuid,
    pub title: &'a str,
    pub starts_at: DateTime<Utc>,
    pub tz: Tz,
}

/// Shows it to whom the night is on sale.
pub async fn show(
    shop: Data<Shop>,
    slug: Path<String>,
    locale: Locale,
    query: Query<PosterQuery>,
    from: ClientAddress,
) -> Result<HttpResponse, Fault> {
    let code = Some(query.code.trim()).filter(|code| !code.is_empty());
    let night = shop.shelf.night(&slug, shop.clock.now()).await?.ok_or_else(Fault::not_found)?;
    let code = presales::known_as(&shop, night.id, code).await?;
    shop.tries.access(&from, &night, code.as_deref())?;
    let open = night.terms.is_open_to(None);
    let night = night.open_to(code.as_deref()).ok_or_else(Fault::not_found)?;
    let art = Art { event: night.id, title: &night.title, starts_at: night.starts_at, tz: night.tz };
    Ok(draw(&art, locale.0, &query.shape, open))
}

/// The picture. Only what everybody may see is kept by caches on the way.
pub(crate) fn draw(art: &Art<'_>, lang: Language, shape: &str, public: bool) -> HttpResponse {
    let shape = match shape {
        "wide" => Shape::Wide,
        "banner" => Shape::Banner,
        _ => Shape::Portrait,
    };
    // The night's own date: doors at half past midnight belong to the evening before.
    let (weekday, day, month) = format::night_date(lang, art.starts_at, art.tz);
    // Without the hour: "Friday · 00:30" would read as a day too early.
    let line = format!("{weekday} {day} {month}");
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "image/svg+xml"))
        .insert_header((CACHE_CONTROL, if public { "public, max-age=300" } else { "private, max-age=300" }))
        .body(ui::poster::svg(art.event, art.title, &line, shape))
}
