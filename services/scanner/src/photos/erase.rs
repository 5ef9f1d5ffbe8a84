//! `DELETE /api/v1/photos/{photo}`: who is on it asks for it, and a supervisor erases it before its time.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use audit::Actor;
use serde_json::json;
use uuid::Uuid;
use web::{Fault, RequestId, Staff, can};

use super::{reach, store};
use crate::Door;

/// Erases a photograph.
#[utoipa::path(delete, path = "/api/v1/photos/{photo}", tag = "photos",
    params(("photo" = Uuid, Path, description = "The photograph")),
    responses((status = 204, description = "Erased"), (status = 403, body = web::Problem), (status = 404, body = web::Problem)),
    security(("session" = [])))]
pub async fn delete(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    request: RequestId,
    photo: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    erase(&door, &staff, &request, photo.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Erases a photograph and says so in the audit log.
pub async fn erase<P>(door: &Door, staff: &Staff<P>, request: &RequestId, photo: Uuid) -> Result<(), Fault> {
    let (actor, now) = (Actor::staff(staff, request), door.clock.now());
    door.db
        .transaction(async |conn| {
            reach::photo(conn, staff, photo).await?;
            if !store::erase_one(conn, photo).await? {
                return Err(Fault::not_found());
            }
            audit::record(conn, &actor, "photo.erased", &photo.to_string(), json!({}), now).await?;
            Ok::<_, Fault>(())
        })
        .await
}
