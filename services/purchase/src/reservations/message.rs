//! What the others are told of a reservation: `reservation.changed`, in the transaction that changes it.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::reservation::balance_minor;
use messages::purchase::v1::{Buyer, Preordered, ReservationChanged, ReservedTable};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::counted;
use super::store::{self, ReservationRow, TableRow};
use crate::orders;
use crate::orders::store::OrderRow;

/// Some bottles that the party ordered beforehand: an item of `reservations.preorder`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Preorder {
    /// Of the night's menu.
    pub bottle_id: Uuid,
    /// What it was called when it was ordered.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// Of one, minor units, when it was ordered.
    pub price_minor: i64,
}

/// Tells how a reservation stands now. `change`: what brought it here, as the proto says.
pub(crate) async fn tell(
    conn: &mut Conn,
    row: &ReservationRow,
    change: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    tell_with(conn, row, change, "", now).await
}

/// The same, with what a host writes to whoever booked.
pub(crate) async fn tell_with(
    conn: &mut Conn,
    row: &ReservationRow,
    change: &str,
    note: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let order = match row.order_id {
        Some(order) => orders::store::find(conn, order.into()).await?,
        None => None,
    };
    let tables = store::tables_of(conn, row.id).await?;
    let message =
        ReservationChanged { note: note.to_owned(), ..changed(row, order.as_ref(), tables, change) };
    bus::outbox::add(conn, &message, now).await?;
    // Told anew, nothing has changed.
    if !change.is_empty() {
        counted::change(change);
        tracing::info!(reservation = %row.id, revision = row.revision, state = %row.state, change, "reservation changed");
    }
    Ok(())
}

/// How some reservations stand, for those to whom it was lost: nothing has changed. Says how many there are.
pub(crate) async fn tell_anew(conn: &mut Conn, ids: Vec<Uuid>, now: DateTime<Utc>) -> Result<usize, DbError> {
    let mut told = 0;
    for id in ids {
        if let Some(row) = store::find(conn, id).await? {
            tell(conn, &row, "", now).await?;
            told += 1;
        }
    }
    Ok(told)
}

/// The message. The order's address is not in it: whoever mails it asks for it ([`crate::orders::link`]) and puts it in.
pub(crate) fn changed(
    row: &ReservationRow,
    order: Option<&OrderRow>,
    tables: Vec<TableRow>,
    change: &str,
) -> ReservationChanged {
    ReservationChanged {
        reservation_id: row.id.to_string(),
        revision: row.revision,
        event_id: row.event_id.to_string(),
        order_id: row.order_id.map(|id| id.to_string()).unwrap_or_default(),
        order_reference: order.map(|order| order.reference.clone()).unwrap_or_default(),
        state: row.state.clone(),
        tables: tables
            .into_iter()
            .map(|table| ReservedTable {
                table_id: table.id.to_string(),
                label: table.label,
                seats: table.seats,
            })
            .collect(),
        party: i64::from(row.party),
        booker: Some(Buyer {
            name: row.booker_name.clone(),
            email: row.booker_email.clone(),
            language: row.language.clone(),
        }),
        arrives_at: messages::millis(row.arrives_at),
        occasion: row.occasion.clone(),
        wish: row.wish.clone(),
        host: row.host.clone(),
        currency: row.currency.clone(),
        minimum_minor: row.minimum_minor,
        deposit_minor: row.deposit_minor,
        spent_minor: row.spent_minor,
        balance_minor: balance_minor(row.minimum_minor, row.spent_minor, row.deposit_minor),
        preorder: preordered(row),
        order_url: String::new(),
        made_at: messages::millis(row.made_at),
        changed_at: messages::millis(row.changed_at),
        held_until: order.map(|order| messages::millis(order.held_until)).unwrap_or_default(),
        change: change.to_owned(),
        promoter: row.promoter.clone(),
        asked: row.asked,
        note: String::new(),
    }
}

fn preordered(row: &ReservationRow) -> Vec<Preordered> {
    let items = row.preorder().into_iter();
    items
        .map(|item| Preordered {
            bottle_id: item.bottle_id.to_string(),
            name: item.name,
            quantity: i64::from(item.quantity),
            price_minor: item.price_minor,
        })
        .collect()
}
