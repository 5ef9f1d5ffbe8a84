//! The SQL of exchanges.

use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::ids::{OrderId, TicketId};
use uuid::Uuid;

use crate::schema::{checkout_requests, orders};

/// The place in an order of a ticket that was exchanged.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub(crate) struct Place {
    /// Its line.
    #[diesel(sql_type = sql_types::Uuid)]
    pub line: Uuid,
    /// Its number in it, from 1.
    #[diesel(sql_type = sql_types::Integer)]
    pub ordinal: i32,
}

/// The places of an order whose tickets were exchanged for others that are good: their money is in use.
pub(crate) async fn carried(conn: &mut Conn, order: OrderId) -> Result<Vec<Place>, DbError> {
    let places = diesel::sql_query(
        "SELECT t.order_line_id AS line, t.ordinal FROM tickets t JOIN orders x ON x.exchanges = t.id AND x.paid_at IS NOT NULL
         WHERE t.order_id = $1
           AND EXISTS (SELECT FROM tickets n WHERE n.order_id = x.id AND n.state IN ('valid', 'blocked', 'disputed'))",
    )
    .bind::<sql_types::Uuid, _>(order.uuid())
    .load(conn)
    .await?;
    Ok(places)
}

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
}

/// The tickets of an order that were exchanged.
pub(crate) async fn gone(conn: &mut Conn, order: OrderId) -> Result<Vec<Uuid>, DbError> {
    let found: Vec<Key> = diesel::sql_query(
        "SELECT t.id FROM tickets t JOIN orders x ON x.exchanges = t.id AND x.paid_at IS NOT NULL WHERE t.order_id = $1",
    )
    .bind::<sql_types::Uuid, _>(order.uuid())
    .load(conn)
    .await?;
    Ok(found.into_iter().map(|key| key.id).collect())
}

/// The paid orders that tickets of an order were exchanged with.
pub(crate) async fn out_of(conn: &mut Conn, order: OrderId) -> Result<Vec<OrderId>, DbError> {
    let found: Vec<Key> = diesel::sql_query(
        "SELECT x.id FROM tickets t JOIN orders x ON x.exchanges = t.id AND x.paid_at IS NOT NULL
         WHERE t.order_id = $1 ORDER BY x.id",
    )
    .bind::<sql_types::Uuid, _>(order.uuid())
    .load(conn)
    .await?;
    Ok(found.into_iter().map(|key| key.id.into()).collect())
}

/// The orders that exchange a ticket and wait to be paid, the first first.
pub(crate) async fn pending(conn: &mut Conn, ticket: TicketId) -> Result<Vec<OrderId>, DbError> {
    let found: Vec<Uuid> = orders::table
        .filter(orders::exchanges.eq(ticket.uuid()))
        .filter(orders::state.eq("pending"))
        .order(orders::id)
        .select(orders::id)
        .load(conn)
        .await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// Whether this very request has an order.
pub(super) async fn is_placed(conn: &mut Conn, key: &str, fingerprint: &[u8]) -> Result<bool, DbError> {
    let same = checkout_requests::table.find(key).filter(checkout_requests::fingerprint.eq(fingerprint));
    Ok(diesel::select(diesel::dsl::exists(same)).get_result(conn).await?)
}
