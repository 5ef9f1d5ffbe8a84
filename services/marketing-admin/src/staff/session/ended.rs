//! `GET /internal/v1/sessions/ended`: another service learns which of its sessions ended before their time.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use web::session::LIFETIME;
use web::{Fault, ServiceCaller, callers};

use crate::Desk;
use crate::staff::session::store;

/// Since when.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndedQuery {
    /// Absent: all whose tokens might still be good.
    since: Option<DateTime<Utc>>,
}

/// `[{session, ended_at, expires_at}]`: the caller's own sessions that a new password, another role or a
/// suspension ended. Asking for too long ago is asking for all that still matter.
pub async fn list(
    desk: Data<Desk>,
    caller: ServiceCaller<callers::Scanner>,
    query: Query<EndedQuery>,
) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    let all = now - LIFETIME;
    let since = query.since.map_or(all, |since| since.max(all));
    let mut conn = desk.db.conn().await?;
    Ok(HttpResponse::Ok().json(store::ended_since(&mut conn, &caller.name, since, now).await?))
}
