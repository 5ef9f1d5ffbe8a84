//! The SQL of reservations.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::reservation::{ReservationState, balance_minor};
use messages::purchase::v1::TableDeposit;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::message::Preorder;
use crate::schema::{reservations, reserved_tables, stock, ticket_types};

/// A reservation as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reservations, check_for_backend(diesel::pg::Pg), treat_none_as_null = true)]
pub(crate) struct ReservationRow {
    pub id: Uuid,
    pub event_id: Uuid,
    /// None: a request that nobody has said yes to.
    pub order_id: Option<Uuid>,
    pub state: String,
    pub revision: i64,
    pub party: i32,
    pub booker_name: String,
    pub booker_email: String,
    pub language: String,
    pub arrives_at: DateTime<Utc>,
    pub occasion: String,
    pub wish: String,
    pub host: String,
    pub promoter: String,
    pub preorder: Value,
    pub currency: String,
    pub minimum_minor: i64,
    pub deposit_minor: i64,
    pub spent_minor: i64,
    pub made_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    pub checked_in_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    /// It began as a request.
    pub asked: bool,
}

impl ReservationRow {
    /// Where it stands. The table's CHECK knows the same words.
    pub(crate) fn state(&self) -> ReservationState {
        self.state.parse().unwrap_or(ReservationState::Cancelled)
    }

    /// What was ordered beforehand. Only what this service wrote stands in the column.
    pub(crate) fn preorder(&self) -> Vec<Preorder> {
        serde_json::from_value(self.preorder.clone()).unwrap_or_default()
    }
}

/// A table of a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableRow {
    pub id: Uuid,
    pub label: String,
    /// The largest party.
    pub seats: i64,
}

/// The reservation that an order pays for, locked. The caller has locked the order.
pub(crate) async fn lock_of_order(conn: &mut Conn, order: Uuid) -> Result<Option<ReservationRow>, DbError> {
    let found = reservations::table
        .filter(reservations::order_id.eq(order))
        .select(ReservationRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await;
    Ok(found.optional()?)
}

/// The reservation that an order pays for.
pub(crate) async fn of_order(conn: &mut Conn, order: Uuid) -> Result<Option<ReservationRow>, DbError> {
    let found = reservations::table
        .filter(reservations::order_id.eq(order))
        .select(ReservationRow::as_select())
        .first(conn)
        .await;
    Ok(found.optional()?)
}

/// A reservation by its key, locked.
pub(crate) async fn lock(conn: &mut Conn, id: Uuid) -> Result<Option<ReservationRow>, DbError> {
    let found = reservations::table
        .find(id)
        .select(ReservationRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await;
    Ok(found.optional()?)
}

/// A reservation by its key.
pub(crate) async fn find(conn: &mut Conn, id: Uuid) -> Result<Option<ReservationRow>, DbError> {
    Ok(reservations::table.find(id).select(ReservationRow::as_select()).first(conn).await.optional()?)
}

/// Writes new ones with their tables; each has one at first.
pub(crate) async fn insert(conn: &mut Conn, rows: &[(ReservationRow, Uuid)]) -> Result<(), DbError> {
    let new: Vec<&ReservationRow> = rows.iter().map(|(row, _)| row).collect();
    diesel::insert_into(reservations::table).values(new).execute(conn).await?;
    let tables: Vec<_> = rows
        .iter()
        .map(|(row, table)| {
            (
                reserved_tables::reservation_id.eq(row.id),
                reserved_tables::table_id.eq(*table),
                reserved_tables::event_id.eq(row.event_id),
                reserved_tables::position.eq(0),
                // The trigger says what is true.
                reserved_tables::live.eq(false),
            )
        })
        .collect();
    diesel::insert_into(reserved_tables::table).values(tables).execute(conn).await?;
    Ok(())
}

/// Writes a locked one as it stands in memory.
pub(crate) async fn write(conn: &mut Conn, row: &ReservationRow) -> Result<(), DbError> {
    diesel::update(reservations::table.find(row.id)).set(row).execute(conn).await?;
    Ok(())
}

/// The tables of a reservation, in their order.
pub(crate) async fn tables_of(conn: &mut Conn, reservation: Uuid) -> Result<Vec<TableRow>, DbError> {
    let rows: Vec<(Uuid, String, i64)> = reserved_tables::table
        .inner_join(ticket_types::table.on(ticket_types::id.eq(reserved_tables::table_id)))
        .inner_join(stock::table.on(stock::id.eq(reserved_tables::table_id)))
        .filter(reserved_tables::reservation_id.eq(reservation))
        .order(reserved_tables::position)
        .select((ticket_types::id, ticket_types::name, stock::asked_capacity))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, label, seats)| TableRow { id, label, seats }).collect())
}

/// Whether another live reservation has one of these tables. The caller has locked their stock rows.
pub(crate) async fn is_taken(conn: &mut Conn, tables: &[Uuid], by_other_than: Uuid) -> Result<bool, DbError> {
    let taken = reserved_tables::table
        .filter(reserved_tables::table_id.eq_any(tables))
        .filter(reserved_tables::live)
        .filter(reserved_tables::reservation_id.ne(by_other_than));
    Ok(diesel::select(diesel::dsl::exists(taken)).get_result(conn).await?)
}

#[derive(QueryableByName)]
struct Gone {
    #[diesel(sql_type = sql_types::Bool)]
    gone: bool,
}

/// Whether the table that an order would pay for late is another party's by now, or the club has kept it. Never of an order that pays for
/// none. The caller has locked its stock rows.
pub(crate) async fn table_is_gone(conn: &mut Conn, order: Uuid) -> Result<bool, DbError> {
    let found: Gone = diesel::sql_query(
        "SELECT EXISTS (
           SELECT FROM reservations r
             JOIN reserved_tables own ON own.reservation_id = r.id
             JOIN ticket_types t ON t.id = own.table_id
             JOIN stock s ON s.id = own.table_id
            WHERE r.order_id = $1
              AND (t.withdrawn OR s.held + s.sold > 0
                   OR EXISTS (SELECT FROM reserved_tables other WHERE other.table_id = own.table_id AND other.live
                                AND other.reservation_id <> r.id))) AS gone",
    )
    .bind::<sql_types::Uuid, _>(order)
    .kept()
    .get_result(conn)
    .await?;
    Ok(found.gone)
}

#[derive(QueryableByName)]
struct Deposit {
    #[diesel(sql_type = sql_types::Uuid)]
    order_id: Uuid,
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = sql_types::Array<sql_types::Text>)]
    tables: Vec<String>,
    #[diesel(sql_type = sql_types::Integer)]
    party: i32,
    #[diesel(sql_type = sql_types::Timestamptz)]
    arrives_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::Text)]
    host: String,
    #[diesel(sql_type = sql_types::Text)]
    occasion: String,
    #[diesel(sql_type = sql_types::BigInt)]
    minimum_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    spent_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    deposit_minor: i64,
}

/// Of which tables some orders pay the deposit, as `order.paid` tells it; of no other order there is an entry.
pub(crate) async fn deposits(
    conn: &mut Conn,
    orders: Vec<Uuid>,
) -> Result<HashMap<Uuid, TableDeposit>, DbError> {
    if orders.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Deposit> = diesel::sql_query(
        "SELECT r.order_id, r.id, array_agg(t.name ORDER BY own.position) AS tables, r.party, r.arrives_at, r.host, r.occasion,
                r.minimum_minor, r.spent_minor, r.deposit_minor
         FROM reservations r JOIN reserved_tables own ON own.reservation_id = r.id JOIN ticket_types t ON t.id = own.table_id
         WHERE r.order_id = ANY($1) GROUP BY r.id",
    )
    .bind::<sql_types::Array<sql_types::Uuid>, _>(orders)
    .kept()
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.order_id, row.message())).collect())
}

impl Deposit {
    fn message(self) -> TableDeposit {
        TableDeposit {
            reservation_id: self.id.to_string(),
            tables: self.tables,
            party: i64::from(self.party),
            arrives_at: messages::millis(self.arrives_at),
            host: self.host,
            occasion: self.occasion,
            minimum_minor: self.minimum_minor,
            balance_minor: balance_minor(self.minimum_minor, self.spent_minor, self.deposit_minor),
        }
    }
}
