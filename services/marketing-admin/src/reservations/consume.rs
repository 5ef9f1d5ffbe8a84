//! `reservation.changed` → who has which table, and what its booker is told.

use bus::{Delivery, HandleError, Outcome};
use db::Conn;
use messages::instant;
use messages::purchase::v1::ReservationChanged;
use serde_json::json;
use uuid::Uuid;

use super::store::{self, Preorder, Reservation, TableOf};
use super::{is_erased, mail};

/// Takes a reservation's newest state in; an older one than the one held changes nothing.
pub async fn reservation_changed(
    conn: &mut Conn,
    message: ReservationChanged,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    let after = read(&message, &delivery)?;
    let before = store::lock(conn, after.id).await?;
    if !store::put(conn, &after).await? {
        return Ok(Outcome::Stale);
    }
    store::wake(conn, after.event_id).await?;
    tracing::info!(reservation = %after.id, revision = after.revision, state = %after.state, "a reservation stands otherwise");
    mail::of_change(conn, before.as_ref(), &after, message, delivery.published_at).await?;
    if is_erased(&after.booker_email) {
        store::forget_order(conn, after.order_id).await?;
    }
    Ok(Outcome::Applied)
}

fn read(message: &ReservationChanged, delivery: &Delivery) -> Result<Reservation, HandleError> {
    let booker = message.booker.clone().unwrap_or_default();
    let tables = message.tables.iter().map(|table| {
        Ok(TableOf { id: id(&table.table_id)?, label: table.label.clone(), seats: table.seats })
    });
    let tables = tables.collect::<Result<Vec<_>, HandleError>>()?;
    let preorder = message.preorder.iter().map(|item| Preorder {
        name: item.name.clone(),
        quantity: item.quantity,
        price_minor: item.price_minor,
    });
    let preorder: Vec<Preorder> = preorder.collect();
    let arrives_at = instant(message.arrives_at)
        .ok_or_else(|| HandleError::never(format!("not a time: {}", message.arrives_at)))?;
    Ok(Reservation {
        id: id(&message.reservation_id)?,
        revision: message.revision,
        event_id: id(&message.event_id)?,
        order_id: if message.order_id.is_empty() { None } else { Some(id(&message.order_id)?) },
        order_reference: message.order_reference.clone(),
        state: message.state.clone(),
        tables: json!(tables),
        party: message.party,
        booker_name: booker.name,
        booker_email: booker.email,
        language: booker.language,
        arrives_at,
        occasion: message.occasion.clone(),
        wish: message.wish.clone(),
        host: message.host.clone(),
        promoter: message.promoter.clone(),
        preorder: json!(preorder),
        currency: message.currency.clone(),
        minimum_minor: message.minimum_minor,
        deposit_minor: message.deposit_minor,
        spent_minor: message.spent_minor,
        balance_minor: message.balance_minor,
        made_at: instant(message.made_at).unwrap_or(delivery.published_at),
        changed_at: instant(message.changed_at).unwrap_or(delivery.published_at),
        held_until: instant(message.held_until),
    })
}

fn id(text: &str) -> Result<Uuid, HandleError> {
    text.parse().map_err(|_| HandleError::never(format!("not an id: {text:?}")))
}
