//! `GET /internal/v1/exports/orders`: a night's orders with what was taken and what went back of each.

use actix_web::web::{Data, Json, Query};
use internal_api::purchase::exports::{ExportedOrder, Page};
use web::{Fault, ServiceCaller, callers};

use super::page::{self, MOST, OfNight};
use super::store;
use crate::Shop;

/// The next page of them.
pub async fn list(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    query: Query<OfNight>,
) -> Result<Json<Page<ExportedOrder>>, Fault> {
    let mut conn = shop.db.conn().await?;
    let rows = store::orders(&mut conn, query.event, query.begin()?).await?;
    Ok(Json(page::of(rows, MOST, |row| row.id.to_string())))
}
