//! `GET /internal/v1/stock/{event}`: what is held and sold of a night, for the desk. Counts; nothing of a guest.

use actix_web::web::{Data, Json, Path};
use internal_api::purchase::stock::{NightStock, Taken};
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::store;
use crate::Shop;

/// The counts.
pub async fn show(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    event: Path<Uuid>,
) -> Result<Json<NightStock>, Fault> {
    let rows = store::taken(&mut *shop.db.conn().await?, *event).await?;
    let limits = rows.into_iter().map(|(id, held, sold)| Taken { id, held, sold }).collect();
    Ok(Json(NightStock { limits }))
}
