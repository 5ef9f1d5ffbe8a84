//! The SQL of what the desk does with reservations: keys of commands, tables that change hands, and parties that are late.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::catalog::store::TypeRow;
use crate::schema::{
    floor_plans, order_lines, orders, reservation_commands, reservations, reserved_tables, stock,
    ticket_types,
};

/// Which reservation a command with this key was about, and its fingerprint.
pub(super) async fn command(conn: &mut Conn, key: &str) -> Result<Option<(Uuid, Vec<u8>)>, DbError> {
    let found = reservation_commands::table
        .find(key)
        .select((reservation_commands::reservation_id, reservation_commands::fingerprint))
        .first(conn)
        .await;
    Ok(found.optional()?)
}

/// Notes a command that is being carried out in this transaction.
pub(super) async fn note_command(
    conn: &mut Conn,
    key: &str,
    reservation: Uuid,
    fingerprint: &[u8],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::insert_into(reservation_commands::table)
        .values((
            reservation_commands::key.eq(key),
            reservation_commands::reservation_id.eq(reservation),
            reservation_commands::fingerprint.eq(fingerprint),
            reservation_commands::made_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets the keys of commands that are as old as that.
pub(crate) async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    let old = reservation_commands::table.filter(reservation_commands::made_at.lt(before));
    Ok(diesel::delete(old).execute(conn).await?)
}

/// A table's stock row, locked.
#[derive(Debug, Clone, Copy, Queryable)]
pub(super) struct Places {
    pub table: Uuid,
    /// The largest party.
    pub seats: i64,
    pub held: i64,
    pub sold: i64,
}

impl Places {
    pub(super) const fn is_free(&self) -> bool {
        self.held + self.sold == 0
    }
}

/// Locks the stock rows of some tables of a night in sorted order.
pub(super) async fn lock_places(
    conn: &mut Conn,
    event: Uuid,
    tables: &[Uuid],
) -> Result<Vec<Places>, DbError> {
    let rows = stock::table
        .filter(stock::id.eq_any(tables))
        .filter(stock::event_id.eq(event))
        .order(stock::id)
        .select((stock::id, stock::asked_capacity, stock::held, stock::sold))
        .for_no_key_update()
        .load(conn)
        .await?;
    Ok(rows)
}

/// Moves places of tables whose stock rows the caller has locked: by how much held and sold change.
pub(super) async fn shift(conn: &mut Conn, change: &BTreeMap<Uuid, (i64, i64)>) -> Result<(), DbError> {
    let ids: Vec<Uuid> = change.keys().copied().collect();
    let (held, sold): (Vec<i64>, Vec<i64>) = change.values().copied().unzip();
    diesel::sql_query(
        "UPDATE stock SET held = stock.held + t.held, sold = stock.sold + t.sold,
                capacity = greatest(stock.asked_capacity, stock.held + t.held + stock.sold + t.sold)
         FROM unnest($1, $2, $3) AS t(id, held, sold) WHERE stock.id = t.id",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<BigInt>, _>(held)
    .bind::<Array<BigInt>, _>(sold)
    .execute(conn)
    .await?;
    Ok(())
}

/// A ticket type of a night, whatever it is and whether it is offered or not.
pub(super) async fn table_type(
    conn: &mut Conn,
    event: Uuid,
    table: Uuid,
) -> Result<Option<TypeRow>, DbError> {
    let found = ticket_types::table
        .find(table)
        .filter(ticket_types::event_id.eq(event))
        .select(TypeRow::as_select())
        .first(conn)
        .await;
    Ok(found.optional()?)
}

/// The night's plan as it was told.
pub(super) async fn plan(conn: &mut Conn, event: Uuid) -> Result<Option<Vec<u8>>, DbError> {
    Ok(floor_plans::table.find(event).select(floor_plans::message).first(conn).await.optional()?)
}

/// The ticket lines of a locked order are of another table now.
pub(super) async fn move_lines(conn: &mut Conn, order: Uuid, to: &TypeRow) -> Result<(), DbError> {
    diesel::update(order_lines::table)
        .filter(order_lines::order_id.eq(order))
        .filter(order_lines::kind.eq("ticket"))
        .set((
            order_lines::ticket_type_id.eq(to.id),
            order_lines::label.eq(&to.name),
            order_lines::stock_ids.eq(vec![to.id]),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// A line of a locked order has so many places more.
pub(super) async fn widen_line(conn: &mut Conn, line: Uuid, more: i32) -> Result<(), DbError> {
    diesel::update(order_lines::table.find(line))
        .set(order_lines::places.eq(order_lines::places + more))
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The tickets of a locked order, those that are good no more among them, are of another table now, as their line is. Says which.
pub(super) async fn move_tickets(
    conn: &mut Conn,
    order: Uuid,
    to: &TypeRow,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbError> {
    let moved: Vec<Key> = diesel::sql_query(
        "UPDATE tickets SET ticket_type_id = $2, type_name = $3, zone_id = $4, attention = $5,
                revision = revision + 1, changed_at = $6
          WHERE order_id = $1 RETURNING id",
    )
    .bind::<SqlUuid, _>(order)
    .bind::<SqlUuid, _>(to.id)
    .bind::<Text, _>(&to.name)
    .bind::<SqlUuid, _>(to.zone_id)
    .bind::<Text, _>(&to.attention)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(moved.into_iter().map(|row| row.id).collect())
}

/// Until the commit two reservations may have one table: they swap.
pub(super) async fn defer_one_live(conn: &mut Conn) -> Result<(), DbError> {
    diesel::sql_query("SET CONSTRAINTS reserved_tables_one_live DEFERRED").execute(conn).await?;
    Ok(())
}

/// A reservation has this table and no other.
pub(super) async fn set_table(
    conn: &mut Conn,
    reservation: Uuid,
    event: Uuid,
    table: Uuid,
) -> Result<(), DbError> {
    let own = reserved_tables::table.filter(reserved_tables::reservation_id.eq(reservation));
    diesel::delete(own).execute(conn).await?;
    add_table(conn, reservation, event, table).await
}

/// A reservation has one more table, the last of its own.
pub(super) async fn add_table(
    conn: &mut Conn,
    reservation: Uuid,
    event: Uuid,
    table: Uuid,
) -> Result<(), DbError> {
    // The trigger says whether it is live.
    diesel::sql_query(
        "INSERT INTO reserved_tables (reservation_id, table_id, event_id, position, live)
         SELECT $1, $2, $3, coalesce((SELECT max(position) FROM reserved_tables WHERE reservation_id = $1) + 1, 0), false",
    )
    .bind::<SqlUuid, _>(reservation)
    .bind::<SqlUuid, _>(table)
    .bind::<SqlUuid, _>(event)
    .execute(conn)
    .await?;
    Ok(())
}

/// A locked order that nobody has paid was never held: the sweep ends its payment page and frees its places.
pub(super) async fn end_hold(conn: &mut Conn, order: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(orders::table.find(order))
        .filter(orders::state.eq_any(["pending", "expired"]))
        .set((orders::held_until.eq(orders::created_at), orders::next_check_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether an order is of a reservation that was called off.
pub(super) async fn is_called_off(conn: &mut Conn, order: Uuid) -> Result<bool, DbError> {
    let off = reservations::table
        .filter(reservations::order_id.eq(order))
        .filter(reservations::state.eq("cancelled"));
    Ok(diesel::select(diesel::dsl::exists(off)).get_result(conn).await?)
}

/// A party that was to be here.
#[derive(Debug, Clone, QueryableByName)]
pub(super) struct Late {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub arrives_at: DateTime<Utc>,
    /// The night's plan as it was told.
    #[diesel(sql_type = Binary)]
    pub plan: Vec<u8>,
}

/// Confirmed parties of nights that are on, and not over, whose time has come, the first first. Whose hour is of another date than the
/// night's ([`astray`]) is not late.
pub(super) async fn late(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<Late>, DbError> {
    let rows = diesel::sql_query(
        "SELECT r.id, r.arrives_at, p.message AS plan FROM reservations r
           JOIN floor_plans p ON p.event_id = r.event_id JOIN events e ON e.id = r.event_id
          WHERE r.state = 'confirmed' AND r.arrives_at <= $1 AND e.ends_at > $1
            AND e.status = 'published' AND r.arrives_at >= e.entry_from ORDER BY r.arrives_at",
    )
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Parties that are expected at an hour at which their night is not: it has other hours by now, or another date.
pub(super) async fn astray(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<Key> = diesel::sql_query(
        "SELECT r.id FROM events e JOIN reservations r ON r.event_id = e.id
          WHERE e.status = 'published' AND e.ends_at > $1 AND e.entry_from < e.ends_at
            AND r.state IN ('pending', 'confirmed') AND (r.arrives_at < e.entry_from OR r.arrives_at >= e.ends_at)
          ORDER BY r.id",
    )
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many reservations of nights that are not over are in which state; of none of which there are none.
pub(super) async fn counts(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<(String, i64)>, DbError> {
    let rows: Vec<Count> = diesel::sql_query(
        "SELECT r.state, count(*) AS count FROM reservations r JOIN events e ON e.id = r.event_id
          WHERE e.ends_at > $1 GROUP BY r.state",
    )
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.state, row.count)).collect())
}
