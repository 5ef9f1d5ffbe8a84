//! Money that was captured.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ids::OrderId;
use uuid::Uuid;

use crate::orders::record::RecordedPayment;
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
    /// All of it, where it becomes no order.
    pub refunded_minor: i64,
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

/// What was captured for an order, the first first.
pub(crate) async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<RecordedPayment>, DbError> {
    let rows = payments::table
        .filter(payments::order_id.eq(order.uuid()))
        .order(payments::captured_at)
        .select((payments::payment_intent, payments::amount_minor, payments::purpose, payments::captured_at))
        .load(conn)
        .await?;
    Ok(rows)
}
