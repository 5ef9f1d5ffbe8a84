//! `GET /api/v1/photos/{photo}`: a supervisor looks at a photograph, which is on record.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path},
};
use audit::Actor;
use serde_json::json;
use uuid::Uuid;
use web::{Fault, RequestId, Staff, can};

use super::{reach, store};
use crate::Door;

/// Shows a photograph.
#[utoipa::path(get, path = "/api/v1/photos/{photo}", tag = "photos",
    params(("photo" = Uuid, Path, description = "The photograph")),
    responses((status = 200, description = "The picture", content_type = "image/jpeg", body = Vec<u8>),
        (status = 403, body = web::Problem),
        (status = 404, description = "There is none, or it has been erased", body = web::Problem)),
    security(("session" = [])))]
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    request: RequestId,
    photo: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let (photo, now) = (photo.into_inner(), door.clock.now());
    let actor = Actor::staff(&staff, &request);
    let jpeg = door
        .db
        .transaction(async |conn| {
            reach::photo(conn, &staff, photo).await?;
            let jpeg = store::jpeg(conn, photo).await?.ok_or_else(Fault::not_found)?;
            audit::record(conn, &actor, "photo.viewed", &photo.to_string(), json!({}), now).await?;
            Ok::<_, Fault>(jpeg)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .content_type("image/jpeg")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, "inline"))
        .body(jpeg))
}
