//! `GET /internal/v1/reconciliation`: ledger and Stripe night by night, to the cent, with each difference explained; and
//! `POST`, which has them compared now.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json};
use audit::Actor;
use internal_api::purchase::reconciliation::Reconciliation;
use serde_json::json;
use std::sync::atomic::Ordering;
use web::{Fault, RequestId, ServiceCaller, callers};

use super::store;
use crate::Shop;

/// The comparison as it stands.
pub async fn show(shop: Data<Shop>, _: ServiceCaller<callers::Desk>) -> Result<Json<Reconciliation>, Fault> {
    let mut conn = shop.db.conn().await?;
    Ok(Json(Reconciliation {
        look: store::look(&mut conn).await?,
        nights: store::nights(&mut conn).await?,
        differences: store::differences(&mut conn).await?,
        foreign: store::foreign(&mut conn).await?,
        late: store::late(&mut conn).await?,
    }))
}

/// Has Stripe's lists read at once. 202: the comparison is new when `look` is.
pub async fn now(
    shop: Data<Shop>,
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
) -> Result<HttpResponse, Fault> {
    let actor = Actor::caller(&caller, &request);
    let mut conn = shop.db.conn().await?;
    audit::record(&mut conn, &actor, "reconciliation.asked", "stripe", json!({}), shop.clock.now()).await?;
    shop.bells.reconcile_now.store(true, Ordering::Release);
    shop.bells.reconciliation.notify_one();
    Ok(HttpResponse::Accepted().finish())
}
