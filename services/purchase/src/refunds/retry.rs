//! `POST /internal/v1/refunds/{id}/retry`: a person has a failed refund made again.
//!
//! It goes back to pending under another idempotency key, as after a refusal, and the worker asks Stripe at once. What failed
//! at Stripe before stays known: news of it that come late do not end the new try.

use actix_web::web::{Data, Json, Path};
use audit::Actor;
use domain::ids::RefundId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::store;
use crate::Shop;

/// Why it should work now.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetryRequest {
    /// For the audit log: 1 to 500 characters.
    pub reason: String,
}

/// The refund after the call.
#[derive(Debug, Serialize)]
pub struct RetryAnswer {
    /// The refund.
    pub id: Uuid,
    /// `pending`.
    pub state: &'static str,
}

/// 404 for none of ours, 409 `not_failed` for one that is under way or has succeeded.
pub async fn retry(
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
    shop: Data<Shop>,
    id: Path<Uuid>,
    body: ApiJson<RetryRequest>,
) -> Result<Json<RetryAnswer>, Fault> {
    let actor = Actor::caller(&caller, &request).because(audit::reason(&body.reason)?);
    let (id, now) = (RefundId::from_uuid(*id), shop.clock.now());
    shop.db
        .transaction(async |conn| {
            let before = store::find_refund(conn, id).await?.ok_or_else(Fault::not_found)?;
            if !store::retry_refund(conn, id, now).await? {
                return Err(Fault::conflict("not_failed"));
            }
            let detail = json!({
                "order_id": before.order, "amount_minor": before.amount_minor, "currency": before.currency,
                "stripe_refund": before.stripe_refund, "problem": before.problem,
            });
            audit::record(conn, &actor, "refund.retried", &id.to_string(), detail, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    shop.bells.refunds.notify_one();
    tracing::info!(refund = %id, caller = caller.name, "a failed refund is made again");
    Ok(Json(RetryAnswer { id: id.uuid(), state: "pending" }))
}
