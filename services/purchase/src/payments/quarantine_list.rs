//! `GET /internal/v1/quarantine`: money that fits no order, until a person has looked.

use actix_web::web::{Data, Json};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::store;
use crate::Shop;

/// Something nobody has looked at.
#[derive(Debug, Serialize, diesel::Queryable)]
pub struct OpenOddity {
    /// Its key.
    pub id: Uuid,
    /// What it is.
    pub kind: String,
    /// Stripe's id of what it is about.
    pub object: String,
    /// The payment, where one is known.
    pub payment_intent: Option<String>,
    /// How much, in minor units.
    pub amount_minor: Option<i64>,
    /// Of which currency.
    pub currency: Option<String>,
    /// A sentence.
    pub note: String,
    /// Since when.
    pub noted_at: DateTime<Utc>,
}

/// The oldest 200.
pub async fn list(shop: Data<Shop>, _: ServiceCaller<callers::Desk>) -> Result<Json<Vec<OpenOddity>>, Fault> {
    let mut conn = shop.db.conn().await?;
    Ok(Json(store::open_oddity_list(&mut conn).await?))
}
