//! `GET /internal/v1/settlements/{event}`: a night's settlements; `GET /internal/v1/settlement-files/{number}`: one of them, as it was
//! signed.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use internal_api::purchase::settlements::NightSettlements;
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::store;
use crate::{Shop, catalog};

/// 404 for no such night.
pub async fn show(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    event: Path<Uuid>,
) -> Result<Json<NightSettlements>, Fault> {
    let mut conn = shop.db.conn().await?;
    let night = catalog::store::event(&mut conn, *event).await?.ok_or_else(Fault::not_found)?;
    Ok(Json(NightSettlements {
        over: night.ends_at <= shop.clock.now(),
        public_key: shop.settlement_key.as_ref().map(super::SettlementKey::public),
        settlements: store::of_night(&mut conn, *event).await?,
    }))
}

/// The file, byte by byte. 404 for no such number.
pub async fn file(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    number: Path<String>,
) -> Result<HttpResponse, Fault> {
    let mut conn = shop.db.conn().await?;
    let file = store::file(&mut conn, &number).await?.ok_or_else(Fault::not_found)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(file))
}
