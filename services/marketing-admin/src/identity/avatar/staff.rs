//! `/admin/staff/{staff}/avatar`: the picture of somebody who works here, for who manages the staff. Of guests there is none here.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use uuid::Uuid;
use web::Fault;
use web::can::StaffManage;

use super::store;
use crate::Desk;
use crate::staff::Member;

/// The picture, or 404.
pub async fn show(
    desk: Data<Desk>,
    _member: Member<StaffManage>,
    staff: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let jpeg = store::jpeg_of_staff(&mut *desk.db.conn().await?, *staff).await?;
    Ok(super::answer(jpeg.ok_or_else(Fault::not_found)?))
}
