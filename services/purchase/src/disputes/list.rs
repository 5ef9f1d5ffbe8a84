//! `GET /internal/v1/disputes`: the newest, for staff.

use actix_web::web::{Data, Json};
use internal_api::purchase::disputes::ListedDispute;
use web::{Fault, ServiceCaller, callers};

use super::store;
use crate::Shop;

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
