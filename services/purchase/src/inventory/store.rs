//! The SQL of stock: its locks, and what becomes of places that are held. What a batch of the engine reads is in `counter`, what it
//! writes in `batch`. Where a ticket type changes its limit, [`moves`] follows.

pub(crate) mod moves;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::ids::OrderId;
use uuid::Uuid;

use crate::schema::stock;
use crate::{credits, promos, waitlist};

/// A limit, its capacity, what is held and what is sold.
pub(super) type StockRow = (Uuid, i64, i64, i64);

/// Locks limits in sorted order and says what is left of each.
pub(crate) async fn lock(conn: &mut Conn, limits: Vec<Uuid>) -> Result<BTreeMap<Uuid, i64>, DbError> {
    let rows = lock_rows(conn, limits).await?;
    Ok(rows.into_iter().map(|(id, capacity, held, sold)| (id, capacity - held - sold)).collect())
}

/// Locks limits in sorted order.
pub(super) async fn lock_rows(conn: &mut Conn, limits: Vec<Uuid>) -> Result<Vec<StockRow>, DbError> {
    let rows: Vec<StockRow> = stock::table
        .filter(stock::id.eq_any(limits))
        .order(stock::id)
        .select((stock::id, stock::capacity, stock::held, stock::sold))
        .for_no_key_update()
        .load(conn)
        .await?;
    Ok(rows)
}

/// What is held and sold of each limit of a night.
pub(super) async fn taken(conn: &mut Conn, event: Uuid) -> Result<Vec<(Uuid, i64, i64)>, DbError> {
    let rows = stock::table
        .filter(stock::event_id.eq(event))
        .order(stock::id)
        .select((stock::id, stock::held, stock::sold))
        .load(conn)
        .await?;
    Ok(rows)
}

/// Locks every limit of a night in sorted order: nothing of it is taken or freed until the commit.
pub(crate) async fn lock_night(conn: &mut Conn, event: Uuid) -> Result<(), DbError> {
    let _: Vec<Uuid> = stock::table
        .filter(stock::event_id.eq(event))
        .order(stock::id)
        .select(stock::id)
        .for_no_key_update()
        .load(conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Changed {
    #[diesel(sql_type = sql_types::Uuid)]
    #[expect(dead_code, reason = "only the number of rows is of interest")]
    id: Uuid,
}

/// Gives the places of an order back, its use of a promo, and what it would have spent of a credit. The caller has locked the order
/// and ends its hold in the same transaction.
pub(crate) async fn release(conn: &mut Conn, order: OrderId) -> Result<(), DbError> {
    change(
        conn,
        order,
        "held = held - l.quantity, capacity = greatest(asked_capacity, held + sold - l.quantity)",
    )
    .await?;
    promos::free(conn, order).await?;
    credits::store::free(conn, order).await
}

/// Turns an order's held places into sold ones.
pub(crate) async fn sell_held(conn: &mut Conn, order: OrderId) -> Result<(), DbError> {
    change(conn, order, "held = held - l.quantity, sold = sold + l.quantity").await
}

/// Sells an order free places: its hold is over. The caller has locked the rows and seen that there is room;
/// the CHECK would refuse it otherwise.
pub(crate) async fn sell_free(conn: &mut Conn, order: OrderId) -> Result<(), DbError> {
    change(conn, order, "sold = sold + l.quantity").await
}

/// Sold places that are free again: one for each of these order lines, at all limits it was taken from.
pub(crate) async fn take_back(conn: &mut Conn, lines: &[Uuid]) -> Result<(), DbError> {
    if lines.is_empty() {
        return Ok(());
    }
    let changed: Vec<Changed> = diesel::sql_query(
        "WITH freed AS (
           SELECT limits.id, count(*) AS quantity
           FROM unnest($1) AS line (id) JOIN order_lines l USING (id) CROSS JOIN LATERAL unnest(l.stock_ids) AS limits (id)
           GROUP BY limits.id
         ), locked AS (
           SELECT s.id FROM stock s WHERE s.id IN (SELECT id FROM freed) ORDER BY s.id FOR NO KEY UPDATE
         )
         UPDATE stock SET sold = sold - f.quantity, capacity = greatest(asked_capacity, held + sold - f.quantity)
         FROM freed f JOIN locked USING (id) WHERE stock.id = f.id RETURNING stock.id",
    )
    .bind::<sql_types::Array<sql_types::Uuid>, _>(lines)
    .kept()
    .load(conn)
    .await?;
    if changed.is_empty() { Err(DbError::NotFound) } else { Ok(()) }
}

async fn change(conn: &mut Conn, order: OrderId, set: &'static str) -> Result<(), DbError> {
    // The rows are locked in sorted order first: an UPDATE locks in whatever order it meets them.
    let statement = format!(
        "WITH wanted AS (
           SELECT limits.id, sum(l.places)::bigint AS quantity
           FROM order_lines l CROSS JOIN LATERAL unnest(l.stock_ids) AS limits (id)
           WHERE l.order_id = $1 GROUP BY limits.id
         ), locked AS (
           SELECT s.id FROM stock s WHERE s.id IN (SELECT id FROM wanted) ORDER BY s.id FOR NO KEY UPDATE
         )
         UPDATE stock SET {set} FROM wanted l JOIN locked USING (id) WHERE stock.id = l.id RETURNING stock.id"
    );
    let changed: Vec<Changed> =
        diesel::sql_query(statement).bind::<sql_types::Uuid, _>(order.uuid()).kept().load(conn).await?;
    if changed.is_empty() { Err(DbError::NotFound) } else { Ok(()) }
}

/// Whether free places can be taken for a whole order whose hold is over; locks its stock rows. What people wait for in line
/// is not free: late money does not pass them.
pub(crate) async fn has_room(
    conn: &mut Conn,
    wanted: &BTreeMap<Uuid, i64>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let left = lock(conn, wanted.keys().copied().collect()).await?;
    let nights: Vec<Uuid> = stock::table
        .filter(stock::id.eq_any(wanted.keys().copied().collect::<Vec<_>>()))
        .select(stock::event_id)
        .distinct()
        .load(conn)
        .await?;
    let kept = waitlist::kept(conn, &nights, now).await?;
    let free = |id: &Uuid| left.get(id).map(|left| left - kept.get(id).copied().unwrap_or(0));
    Ok(wanted.iter().all(|(id, quantity)| free(id).is_some_and(|free| free >= *quantity)))
}

/// Moves places of limits whose rows the caller has locked: held for offers of the line, or no longer.
pub(crate) async fn hold_for_line(conn: &mut Conn, change: &BTreeMap<Uuid, i64>) -> Result<(), DbError> {
    let (ids, held): (Vec<Uuid>, Vec<i64>) = change.iter().map(|(id, held)| (*id, *held)).unzip();
    diesel::sql_query(
        "UPDATE stock SET held = stock.held + t.held,
                capacity = least(stock.capacity, greatest(stock.asked_capacity, stock.held + t.held + stock.sold))
         FROM unnest($1, $2) AS t(id, held) WHERE stock.id = t.id",
    )
    .bind::<sql_types::Array<sql_types::Uuid>, _>(ids)
    .bind::<sql_types::Array<sql_types::BigInt>, _>(held)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}
