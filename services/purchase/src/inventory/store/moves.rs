//! A ticket type comes into a limit that types share, or leaves one, after it has sold: what is taken of it moves along, and
//! so do the lines that will give it back. So a shared limit always counts what its types count, however late it was named.
//!
//! Whoever changes what an order has taken locks the order first and then works from its lines, with a statement that may
//! have looked at them before it got the stock's lock. So no order may be on its way while its lines change: all of the
//! night's orders are locked before the stock, as everywhere, and one that was placed in between must be at rest.

use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::catalog::store::TypeRow;
use crate::schema::{orders, ticket_types};

/// A ticket type that changes its shared limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Move {
    ticket_type: Uuid,
    from: Option<Uuid>,
    to: Option<Uuid>,
}

/// What of an event's types has another shared limit in a snapshot than it has here.
pub(crate) async fn of(conn: &mut Conn, event: Uuid, offered: &[TypeRow]) -> Result<Vec<Move>, DbError> {
    let held: Vec<(Uuid, Option<Uuid>)> = ticket_types::table
        .filter(ticket_types::event_id.eq(event))
        .select((ticket_types::id, ticket_types::shared_cap_id))
        .load(conn)
        .await?;
    let moved = held.into_iter().filter_map(|(id, from)| {
        let to = offered.iter().find(|row| row.id == id)?.shared_cap_id;
        (to != from).then_some(Move { ticket_type: id, from, to })
    });
    Ok(moved.collect())
}

/// Locks the orders of an event, each as soon as nobody is busy with it. Before the stock, as everywhere.
pub(crate) async fn lock_orders(conn: &mut Conn, event: Uuid) -> Result<(), DbError> {
    let _: Vec<Uuid> = orders::table
        .filter(orders::event_id.eq(event))
        .order(orders::id)
        .select(orders::id)
        .for_no_key_update()
        .load(conn)
        .await?;
    Ok(())
}

/// Locks, under the stock's locks, the orders that came since [`lock_orders`]. It waits for nobody: who has such an order may
/// wait for the stock. [`DbError::Conflict`] then, and the change is tried again as a whole.
pub(crate) async fn lock_newcomers(conn: &mut Conn, event: Uuid) -> Result<(), DbError> {
    let of_event = || orders::table.filter(orders::event_id.eq(event));
    let locked: Vec<Uuid> =
        of_event().select(orders::id).for_no_key_update().skip_locked().load(conn).await?;
    let all: i64 = of_event().count().get_result(conn).await?;
    if usize::try_from(all) == Ok(locked.len()) {
        Ok(())
    } else {
        Err(DbError::Conflict("an order is on its way while its ticket type changes its limit".to_owned()))
    }
}

const LINES_MOVE: &str = "UPDATE order_lines AS l
    SET stock_ids = array_remove(array_append(array_remove(array_remove(l.stock_ids, $3), $4), $4), NULL)
    FROM orders o
    WHERE o.id = l.order_id AND o.event_id = $1 AND l.ticket_type_id = $2 AND l.kind = 'ticket'";

/// An open offer of the line holds its places where an order would.
const OFFERS_MOVE: &str = "UPDATE waitlist
    SET stock_ids = array_remove(array_append(array_remove(array_remove(stock_ids, $3), $4), $4), NULL)
    WHERE event_id = $1 AND ticket_type_id = $2 AND state = 'offered'";

/// Has the lines of the types that moved, and the open offers, name their new limit, and counts every shared limit of the event again: each is the
/// sum of its types' own rows. Comes after the types and the limits are written.
pub(crate) async fn follow(conn: &mut Conn, event: Uuid, moves: &[Move]) -> Result<(), DbError> {
    for moved in moves {
        for statement in [LINES_MOVE, OFFERS_MOVE] {
            diesel::sql_query(statement)
                .bind::<sql_types::Uuid, _>(event)
                .bind::<sql_types::Uuid, _>(moved.ticket_type)
                .bind::<sql_types::Nullable<sql_types::Uuid>, _>(moved.from)
                .bind::<sql_types::Nullable<sql_types::Uuid>, _>(moved.to)
                .execute(conn)
                .await?;
        }
    }
    diesel::sql_query(
        "UPDATE stock SET held = counted.held, sold = counted.sold,
                capacity = greatest(stock.asked_capacity, counted.held + counted.sold)
         FROM (SELECT shared.id, coalesce(sum(own.held), 0)::bigint AS held, coalesce(sum(own.sold), 0)::bigint AS sold
                 FROM stock AS shared LEFT JOIN ticket_types t ON t.shared_cap_id = shared.id LEFT JOIN stock AS own ON own.id = t.id
                WHERE shared.event_id = $1 AND shared.ticket_type_id IS NULL GROUP BY shared.id) AS counted
         WHERE stock.id = counted.id",
    )
    .bind::<sql_types::Uuid, _>(event)
    .execute(conn)
    .await?;
    Ok(())
}
