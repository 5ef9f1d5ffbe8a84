//! `GET /internal/v1/table-waitlist/{event}`: how many parties wait for a table of a night, for the desk. Counts; nothing of a guest.

use actix_web::web::{Data, Json, Path};
use internal_api::purchase::table_waitlist::{PartySize, TableLine};
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::store::{self, SizeRow};
use crate::Shop;

/// The counts.
pub async fn show(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    event: Path<Uuid>,
) -> Result<Json<TableLine>, Fault> {
    let rows = store::sizes(&mut *shop.db.conn().await?, *event).await?;
    let size = |row: &SizeRow| PartySize { party: row.party, parties: row.parties };
    Ok(Json(TableLine {
        told: rows.iter().map(|row| row.told).sum(),
        since: rows.iter().filter_map(|row| row.since).min(),
        sizes: rows.iter().map(size).collect(),
    }))
}
