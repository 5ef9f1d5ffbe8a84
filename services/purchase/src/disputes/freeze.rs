//! Tickets of a disputed order: frozen while the money is with the bank, good again when it came back. The door hears of each. No
//! place is freed and none is taken: the guest may yet be right, or wrong.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};

use super::store;
use crate::cancellations;
use crate::orders::store::OrderRow;
use crate::tickets::changed;
use crate::tickets::store as tickets;

/// Brings the tickets of a locked order to what its disputes say.
pub(super) async fn settle(conn: &mut Conn, order: &OrderRow, now: DateTime<Utc>) -> Result<(), DbError> {
    let frozen = store::holds_money_of(conn, order.key()).await?;
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
    // A night that was called off meanwhile gives back what is ours again, whether or not a ticket was left to freeze.
    if !frozen && order.state == "paid" {
        cancellations::store::reopen(conn, order.event_id, now).await?;
    }
    Ok(())
}
