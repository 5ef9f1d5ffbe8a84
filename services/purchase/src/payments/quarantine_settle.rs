//! `POST /internal/v1/quarantine/{id}/settle`: a person says that a refund found at Stripe, of more than the books have left, is the
//! money of refunds of ours that failed.
//!
//! The failed ones are withdrawn, and what Stripe has done is booked in their place: books and Stripe agree again. What the books
//! can't take even so stays where it is.

use actix_web::web::{Data, Json, Path};
use audit::Actor;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::quarantine_resolve::ResolveRequest;
use super::store;
use super::stripe::Trouble;
use crate::Shop;
use crate::refunds::at_stripe::{self, Replaced};

/// What was booked.
#[derive(Debug, Serialize)]
pub struct SettleAnswer {
    /// The refund on our books; none where Stripe's came to nothing.
    pub refund: Option<Uuid>,
    /// Our failed refunds that it stands for.
    pub stands_for: Vec<Uuid>,
}

/// 404 if there is no such thing or it has been looked at, 409 `invalid_state` for anything but a refund that was found at Stripe, 409
/// `refund_exceeds_captured` for one of more than what is left and what failed come to, 503 while Stripe does not answer.
pub async fn settle(
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
    shop: Data<Shop>,
    id: Path<Uuid>,
    body: ApiJson<ResolveRequest>,
) -> Result<Json<SettleAnswer>, Fault> {
    let actor = Actor::caller(&caller, &request).because(audit::reason(&body.reason)?);
    let (id, now) = (*id, shop.clock.now());
    let (kind, object) =
        store::open_oddity(&mut *shop.db.conn().await?, id).await?.ok_or_else(Fault::not_found)?;
    if kind != at_stripe::ODD {
        return Err(Fault::conflict("invalid_state").detail("It is no refund that was found at Stripe."));
    }
    let answer = shop.stripe.refund_now(&object).await.map_err(|trouble| match trouble {
        Trouble::Refused { status: 404, .. } => Fault::not_found(),
        trouble => Fault::unavailable().source(trouble),
    })?;
    let booked = shop
        .db
        .transaction(async |conn| {
            let (refund, stands_for) = match at_stripe::replace(conn, &answer, now).await? {
                Replaced::Booked(refund, stands_for) => (Some(refund), stands_for),
                Replaced::Nothing => (None, Vec::new()),
                Replaced::Exceeds => return Err(Fault::conflict("refund_exceeds_captured")),
            };
            store::resolve(conn, id, now).await?.ok_or_else(Fault::not_found)?;
            let detail = json!({
                "object": object, "amount_minor": answer.amount_minor, "currency": answer.currency,
                "refund": refund.as_ref().map(|refund| refund.id), "stands_for": stands_for,
            });
            audit::record(conn, &actor, "quarantine.settled", &id.to_string(), detail, now).await?;
            Ok::<_, Fault>((refund, stands_for))
        })
        .await?;
    let (refund, stands_for) = booked;
    if let Some(refund) = &refund {
        at_stripe::follow(&shop, refund, &answer).await?;
    }
    tracing::info!(oddity = %id, object, caller = caller.name, "a refund found at Stripe was booked");
    Ok(Json(SettleAnswer { refund: refund.map(|refund| refund.id), stands_for }))
}
