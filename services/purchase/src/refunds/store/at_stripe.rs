//! A refund at Stripe: whose turn it is, and what came of it.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ids::RefundId;
use domain::refund::Reason;
use uuid::Uuid;

use super::{RefundRow, read};
use crate::payments::store::NewPayment;
use crate::schema::refunds;

/// Stores that a whole payment goes back, which became no order.
pub(crate) async fn insert_refund(
    conn: &mut Conn,
    payment: &NewPayment<'_>,
    reason: Reason,
    now: DateTime<Utc>,
) -> Result<RefundId, DbError> {
    let id = RefundId::generate();
    diesel::insert_into(refunds::table)
        .values((
            refunds::id.eq(id.uuid()),
            refunds::payment_id.eq(payment.id),
            refunds::order_id.eq(payment.order_id),
            refunds::scope.eq("payment"),
            refunds::amount_minor.eq(payment.amount_minor),
            refunds::currency.eq(payment.currency),
            refunds::reason.eq(reason.code()),
            refunds::state.eq("pending"),
            refunds::next_try_at.eq(now),
            refunds::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(id)
}

/// Takes refunds whose turn has come, in a transaction of the caller's; puts each off until `again`.
pub(crate) async fn claim_refunds(
    conn: &mut Conn,
    now: DateTime<Utc>,
    again: DateTime<Utc>,
    most: i64,
) -> Result<Vec<RefundRow>, DbError> {
    let ids: Vec<Uuid> = refunds::table
        .filter(refunds::state.eq_any(["asked", "pending"]))
        .filter(refunds::next_try_at.le(now))
        .order(refunds::next_try_at)
        .limit(most)
        .select(refunds::id)
        .for_no_key_update()
        .skip_locked()
        .load(conn)
        .await?;
    diesel::update(refunds::table.filter(refunds::id.eq_any(&ids)))
        .set((refunds::next_try_at.eq(again), refunds::tries.eq(refunds::tries + 1)))
        .execute(conn)
        .await?;
    read(conn, ids).await
}

/// Keeps a refund waiting: why, and Stripe's id where it is known.
pub(crate) async fn refund_later(
    conn: &mut Conn,
    id: RefundId,
    stripe_refund: Option<&str>,
    problem: &str,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    let row = || refunds::table.find(id.uuid()).filter(refunds::state.eq_any(["asked", "pending"]));
    diesel::update(row())
        .set((refunds::problem.eq(problem), refunds::next_try_at.eq(at)))
        .execute(conn)
        .await?;
    if let Some(stripe) = stripe_refund {
        diesel::update(row()).set(refunds::stripe_refund.eq(stripe)).execute(conn).await?;
    }
    Ok(())
}

/// Stripe said no, for now.
pub(crate) async fn refund_refused(conn: &mut Conn, id: RefundId) -> Result<(), DbError> {
    diesel::update(refunds::table.find(id.uuid()))
        .set(refunds::refusals.eq(refunds::refusals + 1))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a pending refund. `false`: it had been ended before, so its effects stand already.
pub(crate) async fn end_refund(
    conn: &mut Conn,
    id: RefundId,
    stripe_refund: Option<&str>,
    problem: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let state = if problem.is_none() { "succeeded" } else { "failed" };
    let ended = diesel::update(refunds::table.find(id.uuid()))
        .filter(refunds::state.eq("pending"))
        .set((
            refunds::state.eq(state),
            refunds::stripe_refund.eq(stripe_refund),
            refunds::problem.eq(problem),
            refunds::settled_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(ended == 1)
}

/// A refund that had succeeded came back from the bank. `false`: that is known already.
pub(crate) async fn refund_bounced(
    conn: &mut Conn,
    id: RefundId,
    problem: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let bounced = diesel::update(refunds::table.find(id.uuid()))
        .filter(refunds::state.eq("succeeded"))
        .set((refunds::state.eq("failed"), refunds::problem.eq(problem), refunds::settled_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(bounced == 1)
}

/// A failed refund is pending again, under a new key. `false`: it has not failed.
pub(crate) async fn retry_refund(conn: &mut Conn, id: RefundId, now: DateTime<Utc>) -> Result<bool, DbError> {
    let put_back = diesel::sql_query(
        "UPDATE refunds
            SET state = 'pending', settled_at = NULL, refusals = refusals + 1, tries = 0, problem = NULL, next_try_at = $2, retried_at = $2,
                failed_before = array_remove(failed_before || stripe_refund, NULL), stripe_refund = NULL
          WHERE id = $1 AND state = 'failed'",
    )
    .bind::<diesel::sql_types::Uuid, _>(id.uuid())
    .bind::<diesel::sql_types::Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(put_back == 1)
}

/// A failed refund was paid another way. `false`: it has not failed, or is settled already.
pub(crate) async fn settle_otherwise(
    conn: &mut Conn,
    id: RefundId,
    how: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let settled = diesel::update(refunds::table.find(id.uuid()))
        .filter(refunds::state.eq("failed"))
        .set((
            refunds::state.eq("settled_otherwise"),
            refunds::settled_how.eq(how),
            refunds::settled_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(settled == 1)
}

/// Whether a refund of a payment, of this amount, was paid another way.
pub(crate) async fn was_settled_otherwise(
    conn: &mut Conn,
    payment: Uuid,
    amount_minor: i64,
) -> Result<bool, DbError> {
    let settled = refunds::table
        .filter(refunds::payment_id.eq(payment))
        .filter(refunds::state.eq("settled_otherwise"))
        .filter((refunds::amount_minor - refunds::credit_minor).eq(amount_minor));
    Ok(diesel::select(diesel::dsl::exists(settled)).get_result(conn).await?)
}
