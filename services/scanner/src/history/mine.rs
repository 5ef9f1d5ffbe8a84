//! `GET /api/v1/scans/mine`: what a doorman scanned last.

use actix_web::web::{Data, Json};
use web::{Fault, Staff, can};

use super::scans::ScanList;
use super::store::{self, Asked};
use crate::Door;
use uuid::Uuid;

/// So many.
const MOST: usize = 20;

/// Lists one's own last scans, admitted or not.
#[utoipa::path(get, path = "/api/v1/scans/mine", tag = "history",
    responses(
        (status = 200, description = "The last 20, of the last 20 000 scans of the door; there is no next page", body = ScanList),
        (status = 401, body = web::Problem), (status = 403, body = web::Problem),
    ), security(("session" = [])))]
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
) -> Result<Json<ScanList>, Fault> {
    let asked = Asked { staff: Some(staff.id.uuid()), ..Asked::default() };
    // What somebody scanned on a night that is no longer theirs is no longer theirs to read.
    let nights = staff.grants.events.as_ref().map(|nights| nights.iter().map(|night| night.uuid()).collect());
    let mut conn = door.db.conn().await?;
    let scans = store::walk(&mut conn, nights, &asked, (Uuid::nil(), store::TOP), MOST).await?;
    Ok(Json(ScanList { scans, next: None, looked_no_further: false }))
}
