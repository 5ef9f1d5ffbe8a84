//! `GET /internal/v1/payouts`: what Stripe pays out, each with the nights that it pays, and Stripe's balance beside the books; and
//! `POST`, which has Stripe asked now.

use std::sync::atomic::Ordering;

use actix_web::HttpResponse;
use actix_web::web::{Data, Json};
use audit::Actor;
use internal_api::purchase::payouts::Payouts;
use serde_json::json;
use web::{Fault, RequestId, ServiceCaller, callers};

use super::store;
use crate::Shop;

/// As they stand.
pub async fn show(shop: Data<Shop>, _: ServiceCaller<callers::Desk>) -> Result<Json<Payouts>, Fault> {
    let mut conn = shop.db.conn().await?;
    Ok(Json(Payouts {
        look: store::look(&mut conn).await?,
        balances: store::balances(&mut conn).await?,
        payouts: store::payouts(&mut conn).await?,
        parts: store::parts(&mut conn).await?,
    }))
}

/// Has Stripe's balance and payouts read at once. 202: they are new when `look` is.
pub async fn now(
    shop: Data<Shop>,
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
) -> Result<HttpResponse, Fault> {
    let actor = Actor::caller(&caller, &request);
    let mut conn = shop.db.conn().await?;
    audit::record(&mut conn, &actor, "payouts.asked", "stripe", json!({}), shop.clock.now()).await?;
    shop.bells.payouts_now.store(true, Ordering::Release);
    shop.bells.payouts.notify_one();
    Ok(HttpResponse::Accepted().finish())
}
