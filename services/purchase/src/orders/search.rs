//! `GET /internal/v1/orders`: orders as staff look for them.

use actix_web::web::{Data, Json, Query};
use chrono::TimeDelta;
use domain::order::OrderReference;
use internal_api::purchase::orders::FoundOrder;
use serde::Deserialize;
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::store::{self, Wanted};
use crate::Shop;

/// How long after its end a night's guests are still found by name alone.
const RECENT: TimeDelta = TimeDelta::days(14);

/// What is looked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchQuery {
    /// A reference, an email address, or the beginning of a part of a name.
    #[serde(default)]
    pub search: String,
    /// Of one night.
    pub event: Option<Uuid>,
}

/// The newest 100 that fit. By name and of no night in particular: those of coming and recent nights.
pub async fn search(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    query: Query<SearchQuery>,
) -> Result<Json<Vec<FoundOrder>>, Fault> {
    let text = query.search.trim();
    let wanted = match text.parse::<OrderReference>() {
        Ok(reference) => Wanted::Reference(reference.as_str().to_owned()),
        Err(_) if text.contains('@') => Wanted::Email(text.to_lowercase()),
        Err(_) => Wanted::Name { part: text.to_owned(), since: shop.clock.now() - RECENT },
    };
    let mut conn = shop.db.conn().await?;
    Ok(Json(store::search(&mut conn, &wanted, query.event).await?))
}
