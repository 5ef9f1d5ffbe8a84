//! `GET /internal/v1/waitlist/{event}`: how the lines of a night stand, for the desk. Counts; nothing of a guest.

use actix_web::web::{Data, Json, Path};
use serde::Serialize;
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::store;
use crate::Shop;

/// The lines of a night.
#[derive(Debug, Serialize)]
pub struct NightLines {
    /// Ticket types that anybody waits or waited for, in the club's order.
    pub ticket_types: Vec<TypeLine>,
}

/// The line before a ticket type.
#[derive(Debug, Serialize)]
pub struct TypeLine {
    /// The ticket type.
    pub ticket_type_id: Uuid,
    /// Its name.
    pub name: String,
    /// Parties that wait.
    pub waiting: i64,
    /// Tickets they want.
    pub tickets: i64,
    /// Parties that have an open offer.
    pub offers: i64,
    /// Parties that made an offer an order.
    pub claimed: i64,
}

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
