//! `GET /api/v1/events/{event}/occupancy`: people inside, for the counter on the phones.

use actix_web::web::{Data, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Fault, Staff, can};

use super::store;
use crate::Door;

/// How full it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Occupancy {
    /// People inside.
    pub inside: i64,
    /// How many may be inside; null if there is no limit.
    pub limit: Option<i32>,
}

/// Tells how many people are inside.
#[utoipa::path(get, path = "/api/v1/events/{event}/occupancy", tag = "door",
    params(("event" = String, Path, description = "The event's id or slug")),
    responses((status = 200, body = Occupancy), (status = 404, body = web::Problem)), security(("session" = [])))]
pub async fn get(
    door: Data<Door>,
    _: Staff<can::DoorScan>,
    event: Path<String>,
) -> Result<Json<Occupancy>, Fault> {
    let mut conn = door.db.conn().await?;
    let event = store::event_named(&mut conn, &event).await?.ok_or_else(crate::faults::event_not_found)?;
    let (inside, limit) = store::inside(&mut conn, event).await?.unwrap_or((0, None));
    Ok(Json(Occupancy { inside, limit }))
}
