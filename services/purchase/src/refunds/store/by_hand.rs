//! Refunds that a person made in Stripe's dashboard, against ours.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ids::RefundId;
use domain::refund::Reason;
use uuid::Uuid;

use super::{RefundRow, find_refund, read};
use crate::schema::{payments, refund_tickets, refunds};

/// The refund that Stripe knows by this id.
pub(crate) async fn by_stripe(conn: &mut Conn, stripe_refund: &str) -> Result<Option<RefundRow>, DbError> {
    let known = refunds::table.filter(refunds::stripe_refund.eq(stripe_refund));
    let id: Option<Uuid> = known.select(refunds::id).first(conn).await.optional()?;
    match id {
        Some(id) => find_refund(conn, id.into()).await,
        None => Ok(None),
    }
}

/// A refund at Stripe that the books know.
#[derive(Debug, Queryable)]
pub(crate) struct KnownRefund {
    pub stripe_refund: Option<String>,
    pub reason: String,
    pub created_at: DateTime<Utc>,
}

impl KnownRefund {
    /// Whether it was taken over from Stripe later than that.
    pub(crate) fn made_after(&self, since: DateTime<Utc>) -> bool {
        self.reason == Reason::AtStripe.code() && self.created_at > since
    }
}

/// Which of these refunds of Stripe's the books know.
pub(crate) async fn known_at_stripe(conn: &mut Conn, ids: Vec<String>) -> Result<Vec<KnownRefund>, DbError> {
    let rows = refunds::table
        .filter(refunds::stripe_refund.eq_any(ids))
        .select((refunds::stripe_refund, refunds::reason, refunds::created_at))
        .load(conn)
        .await?;
    Ok(rows)
}

/// What was captured with a payment.
pub(crate) async fn captured(conn: &mut Conn, intent: &str) -> Result<i64, DbError> {
    let payment = payments::table.filter(payments::payment_intent.eq(intent));
    Ok(payment.select(payments::amount_minor).first(conn).await?)
}

/// The refunds of a payment that failed, the first first: money alone. What brings credit back as well may have done so already, and is
/// made again or settled, not replaced.
pub(crate) async fn all_failed_of(conn: &mut Conn, payment: Uuid) -> Result<Vec<RefundRow>, DbError> {
    let failed: Vec<Uuid> = refunds::table
        .filter(refunds::payment_id.eq(payment))
        .filter(refunds::state.eq("failed"))
        .filter(refunds::credit_minor.eq(0))
        .select(refunds::id)
        .load(conn)
        .await?;
    let mut failed = read(conn, failed).await?;
    failed.sort_unstable_by_key(|refund| refund.id);
    Ok(failed)
}

/// A refund of Stripe's stands for these of ours: they are withdrawn, and it takes their tickets back.
pub(crate) async fn replaced(
    conn: &mut Conn,
    replaced: &[Uuid],
    by: RefundId,
    stripe_refund: &str,
) -> Result<(), DbError> {
    diesel::update(refunds::table.filter(refunds::id.eq_any(replaced)))
        .set(refunds::problem.eq(format!("made at Stripe: {stripe_refund}")))
        .execute(conn)
        .await?;
    diesel::update(refund_tickets::table.filter(refund_tickets::refund_id.eq_any(replaced)))
        .set((refund_tickets::refund_id.eq(by.uuid()), refund_tickets::withdrawn.eq(false)))
        .execute(conn)
        .await?;
    Ok(())
}

/// A payment of which something was given back at Stripe.
#[derive(Debug)]
pub(crate) struct RefundedPayment {
    pub id: Uuid,
    pub order: Uuid,
    /// Whether it paid the order.
    pub for_order: bool,
}

pub(crate) async fn payment_by_intent(
    conn: &mut Conn,
    intent: &str,
) -> Result<Option<RefundedPayment>, DbError> {
    let found: Option<(Uuid, Uuid, String)> = payments::table
        .filter(payments::payment_intent.eq(intent))
        .select((payments::id, payments::order_id, payments::purpose))
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(|(id, order, purpose)| RefundedPayment { id, order, for_order: purpose == "order" }))
}

/// The oldest refund of a payment that failed and was of this amount.
pub(crate) async fn failed_of(
    conn: &mut Conn,
    payment: Uuid,
    amount_minor: i64,
) -> Result<Option<RefundId>, DbError> {
    let failed: Option<Uuid> = refunds::table
        .filter(refunds::payment_id.eq(payment))
        .filter(refunds::state.eq("failed"))
        .filter((refunds::amount_minor - refunds::credit_minor).eq(amount_minor))
        .order(refunds::id)
        .select(refunds::id)
        .first(conn)
        .await
        .optional()?;
    Ok(failed.map(Into::into))
}

/// A failed refund was made at Stripe by hand: it is pending until Stripe's word on that is taken over.
pub(crate) async fn made_by_hand(
    conn: &mut Conn,
    id: RefundId,
    stripe_refund: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE refunds
            SET state = 'pending', settled_at = NULL, tries = 0, problem = NULL, next_try_at = $3,
                failed_before = array_remove(failed_before || stripe_refund, NULL), stripe_refund = $2
          WHERE id = $1 AND state = 'failed'",
    )
    .bind::<diesel::sql_types::Uuid, _>(id.uuid())
    .bind::<diesel::sql_types::Text, _>(stripe_refund)
    .bind::<diesel::sql_types::Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}
