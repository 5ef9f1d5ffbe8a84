//! `GET /internal/v1/exports/ledger`: the lines of a night's ledger, order by order: what the settlement of the night is made of.

use actix_web::web::{Data, Json, Query};
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid};
use serde::Serialize;
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::page::{OfNight, Page};
use super::store;
use crate::Shop;

/// A line of the ledger.
#[derive(Debug, Serialize, diesel::QueryableByName)]
pub struct ExportedEntry {
    /// The order's key: pages end between orders.
    #[diesel(sql_type = SqlUuid)]
    pub order_id: Uuid,
    /// Its reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// The movement that the line is a side of.
    #[diesel(sql_type = SqlUuid)]
    pub transaction: Uuid,
    /// What moved the money, as `payments::ledger::Source` calls it.
    #[diesel(sql_type = Text)]
    pub source: String,
    /// When it was booked.
    #[diesel(sql_type = Timestamptz)]
    pub booked_at: DateTime<Utc>,
    /// Which account.
    #[diesel(sql_type = Text)]
    pub account: String,
    /// Of which currency.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// Debit positive, credit negative, minor units.
    #[diesel(sql_type = BigInt)]
    pub amount_minor: i64,
}

/// The next page of them: an order's lines are never parted.
pub async fn list(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    query: Query<OfNight>,
) -> Result<Json<Page<ExportedEntry>>, Fault> {
    let mut conn = shop.db.conn().await?;
    let rows = store::ledger(&mut conn, query.event, query.begin()).await?;
    // How many orders a page has is not seen from its lines: the one after the last is empty.
    Ok(Json(Page::of(rows, 1, |row| row.order_id.to_string())))
}
