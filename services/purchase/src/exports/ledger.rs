//! `GET /internal/v1/exports/ledger`: the lines of a night's ledger, order by order: what the settlement of the night is made of.

use actix_web::web::{Data, Json, Query};
use internal_api::purchase::exports::{ExportedEntry, Page};
use web::{Fault, ServiceCaller, callers};

use super::page::{self, OfNight};
use super::store;
use crate::Shop;

/// The next page of them: an order's lines are never parted.
pub async fn list(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    query: Query<OfNight>,
) -> Result<Json<Page<ExportedEntry>>, Fault> {
    let mut conn = shop.db.conn().await?;
    let rows = store::ledger(&mut conn, query.event, query.begin()?).await?;
    // How many orders a page has is not seen from its lines: the one after the last is empty.
    Ok(Json(page::of(rows, 1, |row| row.order_id.to_string())))
}
