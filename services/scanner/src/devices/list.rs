//! `GET /api/v1/devices`: every phone of the door, for supervisors.

use actix_web::web::{Data, Json};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Fault, Staff, can};

use super::{answer::DeviceState, store};
use crate::Door;

/// The phones.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceList {
    /// By name, those that were taken off last.
    pub devices: Vec<DeviceState>,
}

/// Lists the phones.
#[utoipa::path(get, path = "/api/v1/devices", tag = "devices",
    responses((status = 200, body = DeviceList), (status = 401, body = web::Problem), (status = 403, body = web::Problem)),
    security(("session" = [])))]
pub async fn get(door: Data<Door>, _: Staff<can::DoorSupervise>) -> Result<Json<DeviceList>, Fault> {
    let devices = store::states(&mut *door.db.conn().await?, door.clock.now()).await?;
    Ok(Json(DeviceList { devices }))
}
