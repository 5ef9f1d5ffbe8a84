//! Tickets of a disputed order: frozen while the money is with the bank, good again when it came back. The door hears of each. No
//! place is freed and none is taken: the guest may yet be right, or wrong.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};

use super::store;
use crate::orders::store::OrderRow;
use crate::tickets::changed;
use crate::tickets::store as tickets;
use crate::{cancellations, exchanges, orders};

/// Brings the tickets of a locked order to what its disputes say, and those that its own were exchanged for: who has the price of the
/// one back does not come in with the other. What staff gave back meanwhile of an exchange goes back whole once the bank gives its part back.
pub(super) async fn settle(conn: &mut Conn, order: &OrderRow, now: DateTime<Utc>) -> Result<(), DbError> {
    let frozen = store::holds_money_of(conn, order.key()).await?;
    bring(conn, order, now).await?;
    for exchange in exchanges::store::out_of(conn, order.key()).await? {
        if let Some(exchange) = orders::store::lock(conn, exchange).await? {
            bring(conn, &exchange, now).await?;
            if !frozen {
                Box::pin(exchanges::back::after_dispute(conn, &exchange, now)).await?;
            }
        }
    }
    // A night that was called off meanwhile gives back what is ours again, whether or not a ticket was left to freeze.
    if !frozen && order.state == "paid" {
        cancellations::store::reopen(conn, order.event_id, now).await?;
    }
    Ok(())
}

/// Brings the tickets of one locked order there: frozen while a bank has some of the money that paid for them.
async fn bring(conn: &mut Conn, order: &OrderRow, now: DateTime<Utc>) -> Result<(), DbError> {
    let frozen = store::holds_money_of(conn, order.key()).await? || first_payment_frozen(conn, order).await?;
    let (from, to) = if frozen { ("valid", "disputed") } else { ("disputed", "valid") };
    for mut ticket in tickets::of_order(conn, order.key()).await? {
        if ticket.state != from {
            continue;
        }
        to.clone_into(&mut ticket.state);
        ticket.revision += 1;
        ticket.changed_at = now;
        tickets::set_state(conn, &ticket).await?;
        bus::outbox::add(conn, &changed(&ticket, &order.reference), now).await?;
    }
    Ok(())
}

/// Of an exchange: whether a bank has the money of the ticket that it replaced.
async fn first_payment_frozen(conn: &mut Conn, order: &OrderRow) -> Result<bool, DbError> {
    let Some(ticket) = order.exchanges else { return Ok(false) };
    match tickets::order_of(conn, ticket.into()).await? {
        Some(first) => store::holds_money_of(conn, first).await,
        None => Ok(false),
    }
}
