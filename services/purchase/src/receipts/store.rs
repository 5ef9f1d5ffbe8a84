//! The SQL of receipts' numbers, and of the money that a receipt names.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::ids::OrderId;
use serde_json::Value;
use uuid::Uuid;

use super::seller::Seller;
use crate::schema::{orders, payments, receipt_numbers, refunds};

/// An order's number, and what stood fast when it was given.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = receipt_numbers, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Numbered {
    pub order_id: Uuid,
    pub year: i32,
    pub number: i64,
    pub issued_at: DateTime<Utc>,
    pub seller: Value,
}

impl Numbered {
    /// A number that was just taken from the counter of the year of `taken_at`.
    pub(crate) fn new(
        order: OrderId,
        seller: &Seller,
        number: i64,
        issued_at: DateTime<Utc>,
        taken_at: DateTime<Utc>,
    ) -> Self {
        let year = seller.year(taken_at);
        let seller = serde_json::to_value(seller).unwrap_or_default();
        Self { order_id: order.uuid(), year, number, issued_at, seller }
    }

    /// As it is printed: `2026-000123`.
    pub(crate) fn printed(&self) -> String {
        format!("{}-{:06}", self.year, self.number)
    }

    /// The seller as it was. Only what [`Numbered::new`] wrote stands in the column.
    pub(crate) fn seller(&self) -> Result<Seller, serde_json::Error> {
        serde_json::from_value(self.seller.clone())
    }
}

pub(crate) async fn find(conn: &mut Conn, order: OrderId) -> Result<Option<Numbered>, DbError> {
    let found = receipt_numbers::table.find(order.uuid()).select(Numbered::as_select()).first(conn).await;
    Ok(found.optional()?)
}

#[derive(QueryableByName)]
struct Next {
    #[diesel(sql_type = BigInt)]
    last: i64,
    #[diesel(sql_type = Timestamptz)]
    last_at: DateTime<Utc>,
}

/// The next number of a year, and its time, which never goes back within the series. The counter's row stays locked until
/// the transaction ends: who comes next waits for this number to stand, or gets it if it does not.
pub(crate) async fn next(
    conn: &mut Conn,
    year: i32,
    now: DateTime<Utc>,
) -> Result<(i64, DateTime<Utc>), DbError> {
    let next: Next = diesel::sql_query(
        "INSERT INTO receipt_series AS s (year, last, last_at) VALUES ($1, 1, $2)
         ON CONFLICT (year) DO UPDATE SET last = s.last + 1, last_at = greatest(s.last_at, excluded.last_at)
         RETURNING last, last_at",
    )
    .bind::<Integer, _>(year)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok((next.last, next.last_at))
}

pub(crate) async fn insert(conn: &mut Conn, numbered: &Numbered) -> Result<(), DbError> {
    diesel::insert_into(receipt_numbers::table).values(numbered).execute(conn).await?;
    diesel::update(orders::table.find(numbered.order_id))
        .set(orders::receipted.eq(true))
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Orders that were paid, with money or by a credit alone, and have no number, the first paid first.
pub(crate) async fn waiting(conn: &mut Conn, most: i64) -> Result<Vec<OrderId>, DbError> {
    let rows: Vec<Waiting> = diesel::sql_query(
        "SELECT id FROM (
           (SELECT o.id, o.paid_at FROM orders o
             WHERE o.paid_at IS NOT NULL AND o.total_minor > 0 AND NOT o.receipted
             ORDER BY o.paid_at, o.id LIMIT $1)
           UNION ALL
           (SELECT o.id, o.paid_at FROM credit_uses u JOIN orders o ON o.id = u.order_id
             WHERE u.state = 'used' AND o.paid_at IS NOT NULL AND o.total_minor = 0 AND NOT o.receipted
             ORDER BY o.paid_at, o.id LIMIT $1)
         ) AS waiting ORDER BY paid_at, id LIMIT $1",
    )
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id.into()).collect())
}

/// What was paid for the order itself: when, and how much. A second payment is not on its receipt.
pub(crate) async fn payment(
    conn: &mut Conn,
    order: OrderId,
) -> Result<Option<(DateTime<Utc>, i64)>, DbError> {
    let paid = payments::table
        .filter(payments::order_id.eq(order.uuid()))
        .filter(payments::purpose.eq("order"))
        .select((payments::captured_at, payments::amount_minor))
        .first(conn)
        .await;
    Ok(paid.optional()?)
}

/// What went back of it, the first first.
pub(crate) async fn returned(conn: &mut Conn, order: OrderId) -> Result<Vec<(DateTime<Utc>, i64)>, DbError> {
    let rows: Vec<(Option<DateTime<Utc>>, DateTime<Utc>, i64)> = refunds::table
        .filter(refunds::order_id.eq(order.uuid()))
        .filter(refunds::state.eq_any(["succeeded", "settled_otherwise"]))
        // A payment that became no order is not on its receipt, and neither is what cost nothing.
        .filter(refunds::scope.ne("payment"))
        .filter(refunds::amount_minor.gt(0))
        .order(refunds::settled_at)
        .select((refunds::settled_at, refunds::created_at, refunds::amount_minor))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(settled, created, amount)| (settled.unwrap_or(created), amount)).collect())
}
