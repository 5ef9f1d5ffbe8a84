//! `GET /internal/v1/refunds`: refunds that have not come to their end, for the operator and the desk.

use actix_web::web::{Data, Json};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::store;
use crate::Shop;

/// A refund that is pending or has failed.
#[derive(Debug, Serialize, diesel::Queryable)]
pub struct UnsettledRefund {
    /// Its key.
    pub id: Uuid,
    /// Its order's reference.
    pub order: String,
    /// `pending` or `failed`.
    pub state: String,
    /// Why the money goes back.
    pub reason: String,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// Of which currency.
    pub currency: String,
    /// How often Stripe was asked since it was last put back.
    pub tries: i32,
    /// The last thing Stripe said.
    pub problem: Option<String>,
    /// The payment it takes from, to be found in Stripe's dashboard; none where Stripe has none.
    pub payment_intent: Option<String>,
    /// When it was decided.
    pub created_at: DateTime<Utc>,
    /// When it failed.
    pub settled_at: Option<DateTime<Utc>>,
}

/// The oldest 200.
pub async fn list(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
) -> Result<Json<Vec<UnsettledRefund>>, Fault> {
    let mut conn = shop.db.conn().await?;
    Ok(Json(store::unsettled_refunds(&mut conn).await?))
}
