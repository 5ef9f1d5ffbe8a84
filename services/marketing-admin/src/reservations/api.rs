//! `GET /api/v1/events/{event}/reservations`: who has which table on a night, as JSON, for staff's programs.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::can::ReservationsRun;
use web::{Fault, Problem};

use super::board;
use super::store::Reservation;
use crate::Desk;
use crate::staff::Member;

/// The reservations of a night.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReservationList {
    /// In whatever state, by when the party is to arrive.
    pub reservations: Vec<ReservationItem>,
}

/// A reservation as the desk knows it. Amounts are minor units of `currency`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0199c1d2-7a3b-7c4d-8e5f-60718293a4b5", "revision": 2, "state": "confirmed", "order_reference": "K7MPX2QD",
    "tables": [{"id": "0199c1d2-7a3b-7c4d-8e5f-60718293a4c6", "label": "12", "seats": 10}], "party": 8,
    "booker": {"name": "Ana Ruiz", "email": "ana@example.org"}, "arrives_at": "2026-11-20T23:30:00Z", "occasion": "Birthday",
    "wish": "Near the stage", "host": "Marta", "promoter": "", "currency": "EUR", "minimum_minor": 50000, "deposit_minor": 10000,
    "spent_minor": 0, "balance_minor": 40000, "preorder": [{"name": "Mezcal", "quantity": 2, "price_minor": 12000}],
    "held_until": null, "changed_at": "2026-11-18T12:00:00Z"
}))]
pub struct ReservationItem {
    /// Its key.
    pub id: Uuid,
    /// Rises with each change.
    pub revision: i64,
    /// `requested`, `pending`, `confirmed`, `checked_in`, `closed`, `expired`, `cancelled` or `no_show`.
    pub state: String,
    /// Of the order whose tickets are the party's passes.
    pub order_reference: String,
    /// Its tables: one, or several that stand together.
    pub tables: Vec<ReservationTable>,
    /// How many come.
    pub party: i64,
    /// Who booked.
    pub booker: ReservationBooker,
    /// When they mean to come.
    pub arrives_at: DateTime<Utc>,
    /// What they celebrate; may be empty.
    pub occasion: String,
    /// What they asked for; may be empty.
    pub wish: String,
    /// Who looks after them; empty: nobody yet.
    pub host: String,
    /// Whose guests they are; may be empty.
    pub promoter: String,
    /// Of all amounts.
    pub currency: String,
    /// What they are to spend at least.
    pub minimum_minor: i64,
    /// What they pay beforehand.
    pub deposit_minor: i64,
    /// What is spent so far.
    pub spent_minor: i64,
    /// What is still owed at the venue.
    pub balance_minor: i64,
    /// What was ordered beforehand.
    pub preorder: Vec<ReservationPreorder>,
    /// Until when an unpaid one is held.
    pub held_until: Option<DateTime<Utc>>,
    /// When it was changed last.
    pub changed_at: DateTime<Utc>,
}

/// A table of a reservation.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReservationTable {
    /// Its key in the night's plan.
    pub id: Uuid,
    /// What is written on it.
    pub label: String,
    /// The largest party.
    pub seats: i64,
}

/// Who booked.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReservationBooker {
    /// As they wrote it.
    pub name: String,
    /// Where mails go.
    pub email: String,
}

/// What was ordered beforehand.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReservationPreorder {
    /// What it is.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// What one costs.
    pub price_minor: i64,
}

impl From<Reservation> for ReservationItem {
    fn from(row: Reservation) -> Self {
        let tables = row.tables().into_iter().map(|table| ReservationTable {
            id: table.id,
            label: super::bare(&table.label).to_owned(),
            seats: table.seats,
        });
        let preorder = row.preorder().into_iter().map(|item| ReservationPreorder {
            name: item.name,
            quantity: item.quantity,
            price_minor: item.price_minor,
        });
        Self {
            tables: tables.collect(),
            preorder: preorder.collect(),
            id: row.id,
            revision: row.revision,
            held_until: row.held_until.filter(|_| row.state == "pending"),
            state: row.state,
            order_reference: row.order_reference,
            party: row.party,
            booker: ReservationBooker { name: row.booker_name, email: row.booker_email },
            arrives_at: row.arrives_at,
            occasion: row.occasion,
            wish: row.wish,
            host: row.host,
            promoter: row.promoter,
            currency: row.currency,
            minimum_minor: row.minimum_minor,
            deposit_minor: row.deposit_minor,
            spent_minor: row.spent_minor,
            balance_minor: row.balance_minor,
            changed_at: row.changed_at,
        }
    }
}

/// Who has which table on a night that is published.
#[utoipa::path(
    get, path = "/api/v1/events/{event}/reservations", tag = "tables", security(("staff" = [])),
    params(("event" = Uuid, Path, description = "The night")),
    responses(
        (status = 200, body = ReservationList), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)
    )
)]
pub async fn list(
    desk: Data<Desk>,
    _member: Member<ReservationsRun>,
    event: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let seen = board::look(&desk, event.into_inner()).await?;
    let reservations = seen.all.into_iter().map(ReservationItem::from).collect();
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(ReservationList { reservations }))
}
