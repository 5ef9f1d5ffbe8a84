//! `GET /internal/v1/disputes`: the newest, for staff.

use actix_web::web::{Data, Json};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::store;
use crate::Shop;

/// A dispute in a list.
#[derive(Debug, Serialize)]
pub struct ListedDispute {
    /// Its key.
    pub id: Uuid,
    /// Its order.
    pub reference: String,
    /// Who bought.
    pub buyer_name: String,
    /// Where it stands, in Stripe's words.
    pub status: String,
    /// Why, as the bank gives it.
    pub reason: String,
    /// What the guest disputes, minor units.
    pub amount_minor: i64,
    /// Of which currency.
    pub currency: String,
    /// Until when the club may answer.
    pub answer_by: Option<DateTime<Utc>>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
}

/// The newest 200.
pub async fn list(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
) -> Result<Json<Vec<ListedDispute>>, Fault> {
    let mut conn = shop.db.conn().await?;
    let rows = store::newest(&mut conn).await?;
    let listed = rows.into_iter().map(|(row, reference, buyer_name)| ListedDispute {
        id: row.id,
        reference,
        buyer_name,
        status: row.status,
        reason: row.reason,
        amount_minor: row.amount_minor,
        currency: row.currency,
        answer_by: row.answer_by,
        opened_at: row.opened_at,
    });
    Ok(Json(listed.collect()))
}
