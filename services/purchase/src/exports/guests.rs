//! `GET /internal/v1/exports/guests`: a night's tickets, each with whose it is now. One that was passed on stands there once,
//! with its new holder.

use actix_web::web::{Data, Json, Query};
use internal_api::purchase::exports::{ExportedTicket, Page};
use web::{Fault, ServiceCaller, callers};

use super::page::{self, MOST, OfNight};
use super::store;
use crate::Shop;

/// The next page of them.
pub async fn list(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    query: Query<OfNight>,
) -> Result<Json<Page<ExportedTicket>>, Fault> {
    let mut conn = shop.db.conn().await?;
    let rows = store::guests(&mut conn, query.event, query.begin()?).await?;
    Ok(Json(page::of(rows, MOST, |row| row.id.to_string())))
}
