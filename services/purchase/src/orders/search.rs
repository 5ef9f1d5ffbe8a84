//! `GET /internal/v1/orders`: orders as staff look for them.

use actix_web::web::{Data, Json, Query};
use chrono::{DateTime, TimeDelta, Utc};
use domain::order::OrderReference;
use serde::{Deserialize, Serialize};
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

/// An order in a list.
#[derive(Debug, Serialize, diesel::Queryable)]
pub struct FoundOrder {
    /// Its name among people.
    pub reference: String,
    /// Its night.
    pub event_title: String,
    /// When that begins.
    pub starts_at: DateTime<Utc>,
    /// Of which zone.
    pub time_zone: String,
    /// Who bought.
    pub buyer_name: String,
    /// With which address.
    pub buyer_email: String,
    /// `pending`, `paid`, `expired` or `refunded`.
    pub state: String,
    /// What it costs, minor units.
    pub total_minor: i64,
    /// Of which currency.
    pub currency: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
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
