//! `/internal/v1/erasures`: the list as the operator carries it over a restore of an older backup.

use actix_web::HttpResponse;
use actix_web::web::Data;
use audit::Actor;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::store;
use crate::Desk;

/// An account that was erased.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// Its key.
    pub account: Uuid,
    /// The salted digest of its address, in hex.
    #[serde(default)]
    pub email_hash: Option<String>,
    /// When.
    pub erased_at: DateTime<Utc>,
}

/// Those that were.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erasures {
    /// Oldest first.
    pub erasures: Vec<Erasure>,
}

/// All of them.
pub async fn list(desk: Data<Desk>, _: ServiceCaller<callers::Operator>) -> Result<HttpResponse, Fault> {
    let rows = store::all(&mut *desk.db.conn().await?).await?;
    let erasures = rows
        .into_iter()
        .map(|row| Erasure {
            account: row.account_id,
            email_hash: row.email_hash.map(hex::encode),
            erased_at: row.erased_at,
        })
        .collect();
    Ok(HttpResponse::Ok().json(Erasures { erasures }))
}

/// Takes in what an older backup does not know, and erases at once whatever is not bare: `{"added", "erased"}`.
pub async fn reapply(
    desk: Data<Desk>,
    caller: ServiceCaller<callers::Operator>,
    request: RequestId,
    wanted: ApiJson<Erasures>,
) -> Result<HttpResponse, Fault> {
    let (actor, now) = (Actor::caller(&caller, &request), desk.clock.now());
    let mut rows = Vec::new();
    for each in wanted.into_inner().erasures {
        let email_hash = each.email_hash.map(hex::decode).transpose();
        let email_hash = email_hash.map_err(|_| unreadable())?;
        if email_hash.as_ref().is_some_and(|hash| hash.len() != store::HASH) {
            return Err(unreadable());
        }
        rows.push(store::ErasureRow { account_id: each.account, email_hash, erased_at: each.erased_at });
    }
    let added = desk
        .db
        .transaction(async |conn| {
            let mut added = 0;
            for row in &rows {
                added += store::take_in(conn, row).await?;
            }
            let detail = json!({"told": rows.len(), "added": added});
            audit::record(conn, &actor, "erasures.taken_in", "all", detail, now).await?;
            Ok::<_, Fault>(added)
        })
        .await?;
    let erased = super::again(&desk.db, now).await?;
    Ok(HttpResponse::Ok().json(json!({"added": added, "erased": erased})))
}

fn unreadable() -> Fault {
    Fault::invalid("validation_failed").field("email_hash", "invalid")
}
