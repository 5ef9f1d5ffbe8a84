//! `GET /internal/v1/pins`: who has a PIN, so that a phone of the door can show names to tap.

use actix_web::HttpResponse;
use actix_web::web::Data;
use web::{Fault, ServiceCaller, callers};

use super::store;
use crate::Desk;

/// `[{staff, name}]` by name, without accounts that are suspended.
pub async fn list(desk: Data<Desk>, _: ServiceCaller<callers::Scanner>) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    Ok(HttpResponse::Ok().json(store::holders(&mut conn).await?))
}
