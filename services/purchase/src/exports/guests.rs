//! `GET /internal/v1/exports/guests`: a night's tickets, each with whose it is now. One that was passed on stands there once,
//! with its new holder.

use actix_web::web::{Data, Json, Query};
use chrono::{DateTime, Utc};
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use serde::Serialize;
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::page::{MOST, OfNight, Page};
use super::store;
use crate::Shop;

/// A ticket.
#[derive(Debug, Serialize, diesel::QueryableByName)]
pub struct ExportedTicket {
    /// Its key.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its order's reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// The ticket type's name, as it was sold.
    #[diesel(sql_type = Text)]
    pub type_name: String,
    /// Whose it is.
    #[diesel(sql_type = Text)]
    pub holder_name: String,
    /// The holder's address, or the buyer's; empty where none was given.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Who bought it.
    #[diesel(sql_type = Text)]
    pub buyer_name: String,
    /// `valid`, `cancelled`, `refunded` or `blocked`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// How its order was paid.
    #[diesel(sql_type = Text)]
    pub channel: String,
    /// What the door is shown with it.
    #[diesel(sql_type = Text)]
    pub attention: String,
    /// When it was issued.
    #[diesel(sql_type = Timestamptz)]
    pub issued_at: DateTime<Utc>,
}

/// The next page of them.
pub async fn list(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    query: Query<OfNight>,
) -> Result<Json<Page<ExportedTicket>>, Fault> {
    let mut conn = shop.db.conn().await?;
    let rows = store::guests(&mut conn, query.event, query.begin()).await?;
    Ok(Json(Page::of(rows, MOST, |row| row.id.to_string())))
}
