//! `/posters/{file}`: a night's art as a picture of its own, so that pages stay small and links can show it.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use domain::language::Language;
use ui::format;
use ui::poster::{Shape, svg};
use web::Fault;

use crate::Desk;
use crate::site::event::published;

/// `<slug>.svg` upright, `<slug>-wide.svg` for shared links.
pub async fn show(desk: Data<Desk>, file: Path<String>) -> Result<HttpResponse, Fault> {
    let name = file.strip_suffix(".svg").ok_or_else(Fault::not_found)?;
    let (slug, shape) = match name.strip_suffix("-wide") {
        Some(slug) => (slug, Shape::Wide),
        None => (name, Shape::Portrait),
    };
    let event = published(&desk, slug).await?;
    let zone = event.row.time_zone.parse().unwrap_or(chrono_tz::UTC);
    let (weekday, day, month) = format::night_date(Language::En, event.row.starts_at, zone);
    let line = format!("{weekday} {day} {month}");
    let picture = svg(event.row.id, &event.row.title, &line, shape);
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .content_type("image/svg+xml")
        .body(picture))
}
