//! Money that was captured.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ids::OrderId;
use uuid::Uuid;

use crate::schema::payments;

/// Money that was captured, about to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = payments)]
pub(crate) struct NewPayment<'a> {
    pub id: Uuid,
    pub order_id: Uuid,
    pub session_id: &'a str,
    pub payment_intent: &'a str,
    pub amount_minor: i64,
    pub currency: &'a str,
    pub purpose: &'static str,
    pub captured_at: DateTime<Utc>,
}

pub(crate) async fn insert_payment(conn: &mut Conn, payment: &NewPayment<'_>) -> Result<(), DbError> {
    diesel::insert_into(payments::table).values(payment).execute(conn).await?;
    Ok(())
}

/// Whether a session's money has been dealt with.
pub(crate) async fn payment_known(conn: &mut Conn, session: &str) -> Result<bool, DbError> {
    let known = payments::table.filter(payments::session_id.eq(session));
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(conn).await?)
}

/// The order that a payment intent's money was taken for, if it is one of ours.
pub(crate) async fn order_of_intent(conn: &mut Conn, intent: &str) -> Result<Option<OrderId>, DbError> {
    let order: Option<Uuid> = payments::table
        .filter(payments::payment_intent.eq(intent))
        .select(payments::order_id)
        .first(conn)
        .await
        .optional()?;
    Ok(order.map(OrderId::from_uuid))
}

/// Money of an order that moved, or is about to.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct Movement {
    #[diesel(sql_type = diesel::sql_types::Timestamptz)]
    pub at: DateTime<Utc>,
    /// `payment` or `refund`.
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub kind: String,
    /// A payment's purpose, a refund's state.
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub state: String,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub amount_minor: i64,
}

/// What was paid for an order and what went back, in the order of time. A refund stands where it was settled, or decided.
pub(crate) async fn movements_of(conn: &mut Conn, order: OrderId) -> Result<Vec<Movement>, DbError> {
    let rows = diesel::sql_query(
        "SELECT captured_at AS at, 'payment' AS kind, purpose AS state, amount_minor FROM payments WHERE order_id = $1
         UNION ALL
         SELECT coalesce(settled_at, created_at), 'refund', state, amount_minor FROM refunds WHERE order_id = $1
         ORDER BY at, kind",
    )
    .bind::<diesel::sql_types::Uuid, _>(order.uuid())
    .load(conn)
    .await?;
    Ok(rows)
}
