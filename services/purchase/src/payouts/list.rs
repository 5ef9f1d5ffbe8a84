//! `GET /internal/v1/payouts`: what Stripe pays out, a page at a time, each with the nights that it pays, and Stripe's balance
//! beside the books; and `POST`, which has Stripe asked now.

use std::sync::atomic::Ordering;

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Query};
use audit::Actor;
use internal_api::purchase::payouts::Payouts;
use serde::Deserialize;
use serde_json::json;
use web::{Fault, RequestId, ServiceCaller, callers};

use super::store;
use crate::Shop;
use crate::exports::page::no_page;

/// Payouts in a page.
const MOST: usize = 50;

/// Where a page begins.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    /// Behind this payout; none: at the one that arrives last.
    after: Option<String>,
}

/// As they stand. 422 `invalid_page` for what is no payout.
pub async fn show(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    query: Query<After>,
) -> Result<Json<Payouts>, Fault> {
    let mut conn = shop.db.conn().await?;
    let after = query.after.as_deref();
    if let Some(after) = after
        && !store::is_known(&mut conn, after).await?
    {
        return Err(no_page("after"));
    }
    // One more says whether there are more.
    let one_more = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
    let mut payouts = store::payouts(&mut conn, after, one_more).await?;
    let more = payouts.len() > MOST;
    payouts.truncate(MOST);
    let shown: Vec<String> = payouts.iter().map(|payout| payout.id.clone()).collect();
    Ok(Json(Payouts {
        look: store::look(&mut conn).await?,
        balances: store::balances(&mut conn).await?,
        parts: store::parts(&mut conn, &shown).await?,
        next: payouts.last().filter(|_| more).map(|payout| payout.id.clone()),
        payouts,
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
