//! `GET /api/v1/photos?ticket=`: which photographs of a ticket's holder there are.

use actix_web::web::{Data, Json, Query};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::{Fault, Staff, can};

use super::{reach, store};
use crate::Door;

/// Whose photographs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// The ticket.
    pub ticket: Uuid,
}

/// The photographs of a ticket's holder.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoList {
    /// The latest first.
    pub photos: Vec<PhotoView>,
}

/// A photograph, without its picture.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoView {
    /// The photograph.
    pub id: Uuid,
    /// When it was taken in.
    pub taken_at: DateTime<Utc>,
}

/// Lists the photographs of a ticket's holder.
#[utoipa::path(get, path = "/api/v1/photos", tag = "photos", params(ListQuery),
    responses((status = 200, body = PhotoList), (status = 403, body = web::Problem)), security(("session" = [])))]
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    query: Query<ListQuery>,
) -> Result<Json<PhotoList>, Fault> {
    let mut conn = door.db.conn().await?;
    reach::ticket(&mut conn, &staff, query.ticket).await?;
    let photos = store::of_ticket(&mut conn, query.ticket).await?;
    let photos = photos.into_iter().map(|(id, taken_at)| PhotoView { id, taken_at }).collect();
    Ok(Json(PhotoList { photos }))
}
