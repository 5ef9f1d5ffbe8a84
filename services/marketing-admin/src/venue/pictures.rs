//! `/admin/plan-pictures` and `/plan-pictures/{picture}`: pictures beneath plans and of tables. Each is made anew from its pixels, has an
//! address of its own for ever, and is shown to everybody: guests look at the tables.

use ::pictures::{PictureError, Shape};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Bytes, Data, Path};
use audit::Actor;
use db::{Conn, DbError};
use domain::floor_plan::{FloorPlan, NightPlan, PlanFault, Why};
use serde_json::json;
use uuid::Uuid;
use web::Fault;
use web::can::EventsWrite;

use super::sent::Sent;
use super::store::pictures as store;
use crate::Desk;
use crate::staff::Member;

/// Where they are.
const BELOW: &str = "/plan-pictures/";
/// The longest side, pixels.
const SIDE: u32 = 1600;

/// Takes a picture in: 201 `{"url": "/plan-pictures/…"}`, or 422 with the fault of its field `file`.
pub async fn upload(
    desk: Data<Desk>,
    member: Member<EventsWrite>,
    sent: Sent,
) -> Result<HttpResponse, Fault> {
    let url = keep(&desk, &member.actor(), sent.file).await?;
    Ok(HttpResponse::Created().json(json!({ "url": url })))
}

/// The picture. It never changes; a new one has a new address.
pub async fn show(desk: Data<Desk>, picture: Path<Uuid>) -> Result<HttpResponse, Fault> {
    let found = store::find(&mut *desk.db.conn().await?, *picture).await?;
    let (media_type, bytes) = found.ok_or_else(Fault::not_found)?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        // The ticket site shows it, too.
        .insert_header(("cross-origin-resource-policy", "cross-origin"))
        .content_type(media_type)
        .body(bytes))
}

/// Keeps a picture that somebody sent; its address.
pub(super) async fn keep(desk: &Desk, actor: &Actor, file: Option<Bytes>) -> Result<String, Fault> {
    let file = file.ok_or_else(|| refused("required", "venue-picture-missing"))?;
    // Without a connection in hand: this takes its time.
    let jpeg = ::pictures::anew(file, Shape::Within(SIDE)).await.map_err(unfit)?;
    let (id, now) = (Uuid::now_v7(), desk.clock.now());
    desk.db
        .transaction(async |conn| {
            store::add(conn, id, &jpeg, now).await?;
            let detail = json!({"bytes": jpeg.len()});
            audit::record(conn, actor, "plan_picture.added", &id.to_string(), detail, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    Ok(format!("{BELOW}{id}"))
}

fn refused(code: &'static str, message: &'static str) -> Fault {
    Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "validation_failed")
        .field("file", code)
        .message(message, &[])
}

fn unfit(error: PictureError) -> Fault {
    match error {
        PictureError::Unknown => refused("unknown", "venue-picture-unknown"),
        PictureError::Unreadable(_) => refused("unreadable", "venue-picture-unreadable"),
        PictureError::TooManyPixels => refused("too_many_pixels", "venue-picture-pixels"),
        PictureError::Interrupted(_) => Fault::internal(error),
    }
}

/// The pictures that a drawing names, each with the part of it that does.
pub(super) fn of_drawing(drawing: &FloorPlan) -> Vec<(String, &str)> {
    drawing.background.as_deref().map(|url| ("background".to_owned(), url)).into_iter().collect()
}

/// Those that a night's plan names.
pub(super) fn of_night(night: &NightPlan) -> Vec<(String, &str)> {
    let mut named = of_drawing(&night.plan);
    for (index, offer) in night.offers.iter().enumerate() {
        if let Some(url) = offer.photo.as_deref() {
            named.push((format!("offers.{index}.photo"), url));
        }
    }
    named
}

/// The parts that name a picture which is none of ours.
pub(super) async fn unknown(conn: &mut Conn, named: Vec<(String, &str)>) -> Result<Vec<PlanFault>, DbError> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<Uuid> = named.iter().filter_map(|(_, url)| key(url)).collect();
    let known = store::known(conn, &keys).await?;
    let missing = named.into_iter().filter(|(_, url)| key(url).is_none_or(|id| !known.contains(&id)));
    Ok(missing.map(|(path, _)| PlanFault { path, why: Why::Unknown }).collect())
}

/// The key of a picture at an address of ours.
fn key(url: &str) -> Option<Uuid> {
    let key = url.strip_prefix(BELOW)?;
    // As it is written in no other way: one picture, one address.
    key.parse::<Uuid>().ok().filter(|id| id.to_string() == key)
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn only_our_own_pictures_have_a_key() {
        let id = "0199aa00-0000-7000-8000-000000000000";
        assert!(key(&format!("/plan-pictures/{id}")).is_some());
        for foreign in [
            "https://evil.example/a.jpg".to_owned(),
            format!("//evil.example/plan-pictures/{id}"),
            format!("/plan-pictures/{{{id}}}"),
            format!("/plan-pictures/{}", id.to_uppercase()),
            "/plan-pictures/".to_owned(),
        ] {
            assert_eq!(key(&foreign), None, "{foreign}");
        }
    }
}
