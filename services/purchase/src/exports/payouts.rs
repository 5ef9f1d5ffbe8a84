//! `GET /internal/v1/exports/payouts`: every line of Stripe's balance that was paid out, payout by payout.

use actix_web::web::{Data, Json, Query};
use internal_api::purchase::exports::Page;
use internal_api::purchase::payouts::PayoutLine;
use serde::Deserialize;
use web::{Fault, ServiceCaller, callers};

use super::page::{self, MOST};
use crate::Shop;
use crate::payouts::store;

/// Where a page begins.
#[derive(Debug, Deserialize)]
pub struct After {
    /// After this line: its payout and its own id.
    #[serde(default)]
    after: String,
}

/// The next page of them.
pub async fn list(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    query: Query<After>,
) -> Result<Json<Page<PayoutLine>>, Fault> {
    let mut conn = shop.db.conn().await?;
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let rows = store::lines(&mut conn, &query.after, most).await?;
    Ok(Json(page::of(rows, MOST, |row| format!("{}/{}", row.payout, row.id))))
}
