//! `GET /internal/v1/cancellations/{event}`: how far a called-off night is.

use actix_web::web::{Data, Json, Path};
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};
use serde::Serialize;
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::store;
use crate::Shop;

/// What is done and what is left.
#[derive(Debug, Clone, Serialize, diesel::QueryableByName)]
pub struct Progress {
    /// When the ticket site heard that the night is off.
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    /// When nothing was left to do. A refund that failed is a person's matter and does not keep it open.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub finished_at: Option<DateTime<Utc>>,
    /// Of the amounts.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// Orders that are not paid and whose payment page is not yet confirmed dead.
    #[diesel(sql_type = BigInt)]
    pub holds_open: i64,
    /// Orders that were ever paid.
    #[diesel(sql_type = BigInt)]
    pub orders: i64,
    /// Of these, whose tickets are not yet taken back. What a bank has taken is not among them.
    #[diesel(sql_type = BigInt)]
    pub orders_open: i64,
    /// Refunds on their way.
    #[diesel(sql_type = BigInt)]
    pub pending: i64,
    /// Refunds that Stripe has made, or the club another way.
    #[diesel(sql_type = BigInt)]
    pub succeeded: i64,
    /// Refunds that need a person.
    #[diesel(sql_type = BigInt)]
    pub failed: i64,
    /// What goes back in all, minor units, as far as it is decided.
    #[diesel(sql_type = BigInt)]
    pub amount_minor: i64,
    /// What of it is back.
    #[diesel(sql_type = BigInt)]
    pub returned_minor: i64,
    /// Orders that were paid at the venue and whose money waits there for their guests.
    #[diesel(sql_type = BigInt)]
    pub at_venue: i64,
    /// How much that is, minor units. Staff hand it back order by order, and say so; it does not keep the night open.
    #[diesel(sql_type = BigInt)]
    pub at_venue_minor: i64,
}

impl Progress {
    /// Whether nothing is left to do by itself.
    pub(crate) const fn is_done(&self) -> bool {
        self.holds_open == 0 && self.orders_open == 0 && self.pending == 0
    }
}

/// 404 for a night that was not called off, as far as the ticket site has heard.
pub async fn show(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    event: Path<Uuid>,
) -> Result<Json<Progress>, Fault> {
    let mut conn = shop.db.conn().await?;
    store::progress(&mut conn, *event).await?.map(Json).ok_or_else(Fault::not_found)
}
