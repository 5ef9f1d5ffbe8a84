//! `POST /internal/v1/settlements/{event}`: settles a night that is over.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use audit::Actor;
use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use db::Conn;
use domain::settlement::{Settlement, SignedSettlement};
use internal_api::purchase::settlements::SettlementRequest;
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::{SettlementKey, store};
use crate::{Shop, catalog, payouts};

/// The signed file. 404 for no such night, 409 `night_not_over`, or `no_settlement_key` where the club has set none.
pub async fn make(
    shop: Data<Shop>,
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
    event: Path<Uuid>,
    body: ApiJson<SettlementRequest>,
) -> Result<HttpResponse, Fault> {
    let (asked, now) = (body.into_inner(), shop.clock.now());
    let Some(key) = &shop.settlement_key else { return Err(Fault::conflict("no_settlement_key")) };
    let actor = Actor::caller(&caller, &request);
    let file = shop.db.transaction(async |conn| settle(conn, key, *event, &asked, &actor, now).await).await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(file))
}

async fn settle(
    conn: &mut Conn,
    key: &SettlementKey,
    event: Uuid,
    asked: &SettlementRequest,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<String, Fault> {
    store::at_one_moment(conn).await?;
    let night = catalog::store::event(conn, event).await?.ok_or_else(Fault::not_found)?;
    if night.ends_at > now {
        return Err(Fault::conflict("night_not_over"));
    }
    let zone: Tz = night.time_zone.parse().unwrap_or(Tz::UTC);
    let year = now.with_timezone(&zone).year();
    let (ordinal, made_at) = store::next(conn, year, now).await?;
    let replaces = store::latest(conn, event).await?;
    let number = format!("S{year}-{ordinal:06}");
    let settlement = Settlement {
        number: number.clone(),
        replaces: replaces.clone(),
        event: event.to_string(),
        stripe_read_at: payouts::store::last(conn).await?,
        types: store::types(conn, event, &asked.came).await?,
        money: store::money(conn, event, &night.currency).await?,
        accounts: store::accounts(conn, event, &night.currency).await?,
        differences: store::differences(conn, event, &night.currency).await?,
        title: night.title,
        starts_at: night.starts_at,
        ends_at: night.ends_at,
        time_zone: night.time_zone,
        currency: night.currency,
        made_by: asked.made_by.clone(),
        made_at,
    };
    let signed: SignedSettlement = settlement.sign(key.signing()).map_err(Fault::internal)?;
    let file = serde_json::to_string_pretty(&signed).map_err(Fault::internal)?;
    let row = store::NewSettlement {
        number: &number,
        year,
        ordinal,
        event,
        replaces: replaces.as_deref(),
        made_by: &asked.made_by,
        made_at,
        file: &file,
    };
    store::insert(conn, &row).await?;
    let details = json!({"number": number, "replaces": replaces});
    audit::record(conn, actor, "night.settled", &event.to_string(), details, now).await?;
    Ok(file)
}
