//! `GET /internal/v1/exports/orders`: a night's orders with what was taken and what went back of each.

use actix_web::web::{Data, Json, Query};
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde::Serialize;
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::page::{MOST, OfNight, Page};
use super::store;
use crate::Shop;

/// An order.
#[derive(Debug, Serialize, diesel::QueryableByName)]
pub struct ExportedOrder {
    /// Its key.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its name among people.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// `pending`, `paid`, `expired` or `refunded`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// How it was paid.
    #[diesel(sql_type = Text)]
    pub channel: String,
    /// Who bought.
    #[diesel(sql_type = Text)]
    pub buyer_name: String,
    /// With which address; empty where none was given.
    #[diesel(sql_type = Text)]
    pub buyer_email: String,
    /// The code that was used; empty for none.
    #[diesel(sql_type = Text)]
    pub promo_code: String,
    /// Whom the sale is credited to; empty for nobody.
    #[diesel(sql_type = Text)]
    pub promoter: String,
    /// Tickets it is for.
    #[diesel(sql_type = BigInt)]
    pub tickets: i64,
    /// Of the amounts.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// What it costs, minor units.
    #[diesel(sql_type = BigInt)]
    pub total_minor: i64,
    /// What the books say was taken for it.
    #[diesel(sql_type = BigInt)]
    pub taken_minor: i64,
    /// What the books say went back.
    #[diesel(sql_type = BigInt)]
    pub returned_minor: i64,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was paid.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub paid_at: Option<DateTime<Utc>>,
}

/// The next page of them.
pub async fn list(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    query: Query<OfNight>,
) -> Result<Json<Page<ExportedOrder>>, Fault> {
    let mut conn = shop.db.conn().await?;
    let rows = store::orders(&mut conn, query.event, query.begin()).await?;
    Ok(Json(Page::of(rows, MOST, |row| row.id.to_string())))
}
