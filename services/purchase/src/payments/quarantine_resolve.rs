//! `POST /internal/v1/quarantine/{id}/resolve`: a person has looked, and says what was done.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use audit::Actor;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::store;
use crate::Shop;

/// What was done about it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResolveRequest {
    /// For the audit log: 1 to 500 characters.
    pub reason: String,
}

/// 204; 404 if there is no such thing or it has been looked at.
pub async fn resolve(
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
    shop: Data<Shop>,
    id: Path<Uuid>,
    body: ApiJson<ResolveRequest>,
) -> Result<HttpResponse, Fault> {
    let actor = Actor::caller(&caller, &request).because(audit::reason(&body.reason)?);
    let (id, now) = (*id, shop.clock.now());
    shop.db
        .transaction(async |conn| {
            let (kind, object) = store::resolve(conn, id, now).await?.ok_or_else(Fault::not_found)?;
            let detail = json!({"kind": kind, "object": object});
            audit::record(conn, &actor, "quarantine.resolved", &id.to_string(), detail, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
