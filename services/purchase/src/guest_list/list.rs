//! `GET /internal/v1/guest-list/{event}`: a night's list for the desk, by name, and what its promoters may bring.

use actix_web::web::{Data, Json, Path};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::allot::AllotmentBody;
use super::store;
use crate::Shop;

/// A night's list.
#[derive(Debug, Serialize)]
pub struct GuestList {
    /// By name.
    pub entries: Vec<EntryBody>,
    /// Promoters who have an allotment or guests.
    pub allotments: Vec<AllotmentBody>,
}

/// A guest and who comes along.
#[derive(Debug, Serialize)]
pub struct EntryBody {
    /// The entry.
    pub id: Uuid,
    /// Its order's name among people.
    pub reference: String,
    /// The order's page, key included.
    pub url: String,
    /// The pages of those who joined the party later.
    pub more_urls: Vec<String>,
    /// The guest.
    pub name: String,
    /// Where the tickets were mailed; may be empty.
    pub email: String,
    /// The ticket type.
    pub ticket_type: String,
    /// Whose guests these are; may be empty.
    pub promoter: String,
    /// What staff wrote down.
    pub note: String,
    /// Heads that have a place.
    pub party: i32,
    /// Heads that are to stay: fewer while the door has not answered.
    pub wanted: i32,
    /// From when on the door refuses them.
    pub admit_until: DateTime<Utc>,
    /// When they were put on the list.
    pub added_at: DateTime<Utc>,
    /// The tickets that let somebody in, whoever holds them.
    pub tickets: Vec<Uuid>,
}

/// The list.
pub async fn show(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    event: Path<Uuid>,
) -> Result<Json<GuestList>, Fault> {
    let mut conn = shop.db.conn().await?;
    let rows = store::of_night(&mut conn, *event).await?;
    let allotments = store::allotments(&mut conn, *event).await?;
    let entry = |row: store::ListedRow| EntryBody {
        url: shop.links.url_of(row.order_id.into(), &row.reference),
        more_urls: row
            .more
            .iter()
            .zip(&row.more_references)
            .map(|(order, reference)| shop.links.url_of((*order).into(), reference))
            .collect(),
        id: row.id,
        reference: row.reference,
        name: row.name,
        email: row.email,
        ticket_type: row.ticket_type,
        promoter: row.promoter,
        note: row.note,
        party: row.party,
        wanted: row.wanted,
        admit_until: row.admit_until,
        added_at: row.added_at,
        tickets: row.tickets,
    };
    let allotment = |row: store::AllotmentRow| AllotmentBody {
        promoter: row.promoter,
        places: row.places,
        taken: row.taken,
    };
    Ok(Json(GuestList {
        entries: rows.into_iter().map(entry).collect(),
        allotments: allotments.into_iter().map(allotment).collect(),
    }))
}
