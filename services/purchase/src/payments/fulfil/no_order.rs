//! Captured money that becomes no order: it goes back.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::OrderId;
use domain::order::OrderState;
use domain::refund::Reason;

use super::Settled;
use crate::orders::store::OrderRow;
use crate::payments::store::{NewPayment, Oddity};
use crate::payments::{Session, ledger, store};
use crate::{inventory, orders, refunds};

/// Ends an order whose night does not take place: what is held is freed, what was paid goes back.
pub(super) async fn call_off(
    conn: &mut Conn,
    order: &mut OrderRow,
    state: OrderState,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let expired = match state.expire(now) {
        Ok(expired) => {
            inventory::store::release(conn, order.key()).await?;
            orders::store::step(conn, order, expired).await?;
            expired
        }
        // It had expired before.
        Err(_) => state,
    };
    let refunded = expired.refund_late(now).map_err(orders::illegal)?;
    orders::store::step(conn, order, refunded).await
}

/// The wrong amount buys nothing: it goes back, and a person looks at it.
pub(super) async fn mismatched(
    conn: &mut Conn,
    order: &OrderRow,
    session: &Session,
    payment: &NewPayment<'_>,
    now: DateTime<Utc>,
) -> Result<Settled, DbError> {
    tracing::error!(session = session.id, order = %order.id, "Stripe captured another amount than the order's total");
    let note = format!("order: {} {}", order.total_minor, order.currency);
    store::quarantine(conn, &Oddity::session("amount_mismatch", session, Some(order.key()), note), now)
        .await?;
    return_payment(conn, payment, Reason::AmountMismatch, now).await
}

/// Stores captured money that becomes no order, and that it goes back.
pub(super) async fn return_payment(
    conn: &mut Conn,
    payment: &NewPayment<'_>,
    reason: Reason,
    now: DateTime<Utc>,
) -> Result<Settled, DbError> {
    store::insert_payment(conn, payment).await?;
    let entries = ledger::owed(payment.amount_minor);
    let order = OrderId::from_uuid(payment.order_id);
    ledger::book(conn, ledger::Source::Payment(payment.id), order, payment.currency, &entries, now).await?;
    let refund = refunds::store::insert_refund(conn, payment, reason, now).await?;
    tracing::warn!(%refund, %order, reason = reason.code(), "a payment goes back");
    Ok(Settled::Returned)
}
