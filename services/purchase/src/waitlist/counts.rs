//! `GET /internal/v1/waitlist/{event}`: how the lines of a night stand, for the desk. Counts; nothing of a guest.

use actix_web::web::{Data, Json, Path};
use internal_api::purchase::waitlist::{NightLines, TypeLine};
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::store;
use crate::Shop;

/// The counts.
pub async fn show(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    event: Path<Uuid>,
) -> Result<Json<NightLines>, Fault> {
    let mut conn = shop.db.conn().await?;
    let rows = store::counts(&mut conn, *event).await?;
    let line = |row: store::CountRow| TypeLine {
        ticket_type_id: row.ticket_type_id,
        name: row.name,
        waiting: row.parties,
        tickets: row.tickets,
        offers: row.offers,
        claimed: row.claimed,
    };
    Ok(Json(NightLines { ticket_types: rows.into_iter().map(line).collect() }))
}
