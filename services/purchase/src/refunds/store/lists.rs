//! What people see of refunds.

use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ids::OrderId;
use domain::refund::State;

use crate::orders::record::RecordedRefund;
use crate::refunds::list::UnsettledRefund;
use crate::schema::{orders, payments, refunds};

/// The oldest refunds that have not come to their end.
pub(crate) async fn unsettled_refunds(conn: &mut Conn) -> Result<Vec<UnsettledRefund>, DbError> {
    let rows = refunds::table
        .inner_join(orders::table.on(orders::id.eq(refunds::order_id)))
        .left_join(payments::table.on(payments::id.nullable().eq(refunds::payment_id)))
        .filter(refunds::state.eq_any(["asked", "pending", "failed"]))
        .order(refunds::id)
        .limit(200)
        .select((
            refunds::id,
            orders::reference,
            refunds::state,
            refunds::reason,
            // What is no money, nobody can pay another way.
            refunds::amount_minor - refunds::credit_minor,
            refunds::currency,
            refunds::tries,
            refunds::problem,
            payments::payment_intent.nullable(),
            refunds::created_at,
            refunds::settled_at,
        ))
        .load(conn)
        .await?;
    Ok(rows)
}

/// How many refunds are in a state.
pub(crate) async fn refunds_in(conn: &mut Conn, state: State) -> Result<i64, DbError> {
    Ok(refunds::table.filter(refunds::state.eq(state.code())).count().get_result(conn).await?)
}

/// Everything that was ever to go back of an order, the first first.
pub(crate) async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<RecordedRefund>, DbError> {
    let rows = refunds::table
        .filter(refunds::order_id.eq(order.uuid()))
        .order(refunds::id)
        .select((
            refunds::id,
            refunds::scope,
            refunds::amount_minor,
            refunds::reason,
            refunds::state,
            refunds::stripe_refund,
            refunds::problem,
            refunds::created_at,
            refunds::settled_at,
            refunds::settled_how,
            refunds::credit_minor,
        ))
        .load(conn)
        .await?;
    Ok(rows)
}
