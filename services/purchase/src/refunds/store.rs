//! The SQL of refunds.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ids::{OrderId, RefundId, TicketId};
use domain::refund::Parts;
use uuid::Uuid;

use super::list::UnsettledRefund;
use crate::orders::record::RecordedRefund;
use crate::payments::store::NewPayment;
use crate::schema::{orders, payments, refund_tickets, refunds};

/// A refund with the payment it takes from.
#[derive(Debug, Clone, Queryable)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub(crate) struct RefundRow {
    pub id: Uuid,
    pub order: Uuid,
    pub payment: Uuid,
    pub payment_intent: String,
    /// `payment`, `order`, `tickets` or `amount`.
    pub scope: String,
    pub amount_minor: i64,
    pub fees_minor: i64,
    pub tax_minor: i64,
    pub currency: String,
    pub reason: String,
    pub state: String,
    /// Also for guests who are inside.
    pub anyway: bool,
    /// Stripe's id, once Stripe has it.
    pub stripe_refund: Option<String>,
    pub tries: i32,
    /// How often Stripe said no, or a person asked again: each makes a new key.
    pub refusals: i32,
    /// Stripe's refunds that came to nothing before a person asked again.
    pub failed_before: Vec<String>,
    /// The last thing Stripe said.
    pub problem: Option<String>,
    pub created_at: DateTime<Utc>,
}

impl RefundRow {
    pub(crate) fn key(&self) -> RefundId {
        self.id.into()
    }

    pub(crate) fn order(&self) -> OrderId {
        self.order.into()
    }

    /// What it is made of.
    pub(crate) const fn parts(&self) -> Parts {
        Parts {
            tickets_minor: self.amount_minor - self.fees_minor - self.tax_minor,
            fees_minor: self.fees_minor,
            tax_minor: self.tax_minor,
        }
    }
}

/// A refund of an order's payment, about to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = refunds)]
pub(crate) struct NewRefund<'a> {
    pub id: Uuid,
    pub payment_id: Uuid,
    pub order_id: Uuid,
    pub scope: &'static str,
    pub amount_minor: i64,
    pub fees_minor: i64,
    pub tax_minor: i64,
    pub currency: &'a str,
    pub reason: &'static str,
    pub state: &'static str,
    pub key: Option<&'a str>,
    pub anyway: bool,
    pub next_try_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}

/// Stores a refund, the tickets it takes back, and that so much less is left of the payment.
pub(crate) async fn insert(conn: &mut Conn, refund: &NewRefund<'_>, tickets: &[Uuid]) -> Result<(), DbError> {
    diesel::update(payments::table.find(refund.payment_id))
        .set(payments::refunded_minor.eq(payments::refunded_minor + refund.amount_minor))
        .execute(conn)
        .await?;
    diesel::insert_into(refunds::table).values(refund).execute(conn).await?;
    let rows: Vec<_> = tickets
        .iter()
        .map(|ticket| (refund_tickets::refund_id.eq(refund.id), refund_tickets::ticket_id.eq(ticket)))
        .collect();
    diesel::insert_into(refund_tickets::table).values(rows).execute(conn).await?;
    Ok(())
}

/// The payment that paid an order: its key, its intent, what was captured.
pub(crate) async fn payment_of(
    conn: &mut Conn,
    order: OrderId,
) -> Result<Option<(Uuid, String, i64)>, DbError> {
    let payment = payments::table
        .filter(payments::order_id.eq(order.uuid()))
        .filter(payments::purpose.eq("order"))
        .select((payments::id, payments::payment_intent, payments::amount_minor))
        .first(conn)
        .await;
    Ok(payment.optional()?)
}

/// What has gone or is going back of a payment.
pub(crate) async fn given_back(conn: &mut Conn, payment: Uuid) -> Result<Parts, DbError> {
    let rows: Vec<(i64, i64, i64)> = refunds::table
        .filter(refunds::payment_id.eq(payment))
        .filter(refunds::state.ne("withdrawn"))
        .select((refunds::amount_minor, refunds::fees_minor, refunds::tax_minor))
        .load(conn)
        .await?;
    let parts = rows.into_iter().map(|(amount, fees_minor, tax_minor)| Parts {
        tickets_minor: amount - fees_minor - tax_minor,
        fees_minor,
        tax_minor,
    });
    Ok(parts.fold(Parts::default(), Parts::plus))
}

/// The refund that was asked for with this key before.
pub(crate) async fn by_key(conn: &mut Conn, key: &str) -> Result<Option<RefundRow>, DbError> {
    let id: Option<Uuid> =
        refunds::table.filter(refunds::key.eq(key)).select(refunds::id).first(conn).await.optional()?;
    match id {
        Some(id) => find_refund(conn, id.into()).await,
        None => Ok(None),
    }
}

/// The refund that Stripe knows by this id.
pub(crate) async fn by_stripe(conn: &mut Conn, stripe_refund: &str) -> Result<Option<RefundRow>, DbError> {
    let known = refunds::table.filter(refunds::stripe_refund.eq(stripe_refund));
    let id: Option<Uuid> = known.select(refunds::id).first(conn).await.optional()?;
    match id {
        Some(id) => find_refund(conn, id.into()).await,
        None => Ok(None),
    }
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
        .filter(refunds::amount_minor.eq(amount_minor))
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

/// The tickets a refund takes back, and what the door said of each.
pub(crate) async fn tickets_of(
    conn: &mut Conn,
    refund: RefundId,
) -> Result<Vec<(TicketId, Option<bool>)>, DbError> {
    let rows: Vec<(Uuid, Option<bool>)> = refund_tickets::table
        .filter(refund_tickets::refund_id.eq(refund.uuid()))
        .order(refund_tickets::ticket_id)
        .select((refund_tickets::ticket_id, refund_tickets::inside))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, inside)| (id.into(), inside)).collect())
}

/// Whether a refund takes this ticket back, has done so, or waits for the door's word on it.
pub(crate) async fn takes(conn: &mut Conn, ticket: TicketId) -> Result<bool, DbError> {
    let taken = refund_tickets::table
        .filter(refund_tickets::ticket_id.eq(ticket.uuid()))
        .filter(refund_tickets::withdrawn.eq(false));
    Ok(diesel::select(diesel::dsl::exists(taken)).get_result(conn).await?)
}

/// Writes down whose guests are inside, as the door said.
pub(crate) async fn note_inside(conn: &mut Conn, refund: RefundId, inside: &[Uuid]) -> Result<(), DbError> {
    diesel::update(refund_tickets::table)
        .filter(refund_tickets::refund_id.eq(refund.uuid()))
        .set(refund_tickets::inside.eq(refund_tickets::ticket_id.eq_any(inside).nullable()))
        .execute(conn)
        .await?;
    Ok(())
}

/// The door has answered, or nobody waits for it: Stripe's turn. `false`: that was so before.
pub(crate) async fn let_go(conn: &mut Conn, id: RefundId, now: DateTime<Utc>) -> Result<bool, DbError> {
    let gone = diesel::update(refunds::table.find(id.uuid()))
        .filter(refunds::state.eq("asked"))
        .set((
            refunds::state.eq("pending"),
            refunds::problem.eq(None::<String>),
            refunds::tries.eq(0),
            refunds::next_try_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(gone == 1)
}

/// Takes a refund back that the door did not let through: the money stays, the tickets stay good.
pub(crate) async fn withdraw(conn: &mut Conn, refund: &RefundRow, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(refunds::table.find(refund.id))
        .set((refunds::state.eq("withdrawn"), refunds::settled_at.eq(now)))
        .execute(conn)
        .await?;
    diesel::update(refund_tickets::table.filter(refund_tickets::refund_id.eq(refund.id)))
        .set(refund_tickets::withdrawn.eq(true))
        .execute(conn)
        .await?;
    diesel::update(payments::table.find(refund.payment))
        .set(payments::refunded_minor.eq(payments::refunded_minor - refund.amount_minor))
        .execute(conn)
        .await?;
    Ok(())
}

/// The refund of an order that waits for the door's word, if there is one.
pub(crate) async fn asked_of(conn: &mut Conn, order: OrderId) -> Result<Option<RefundId>, DbError> {
    let asked: Option<Uuid> = refunds::table
        .filter(refunds::order_id.eq(order.uuid()))
        .filter(refunds::state.eq("asked"))
        .order(refunds::id)
        .select(refunds::id)
        .first(conn)
        .await
        .optional()?;
    Ok(asked.map(Into::into))
}

/// Nobody waits for the door any more.
pub(crate) async fn say_anyway(conn: &mut Conn, id: RefundId, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(refunds::table.find(id.uuid()).filter(refunds::state.eq("asked")))
        .set((refunds::anyway.eq(true), refunds::next_try_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Locks a refund and says what state it is in.
pub(crate) async fn lock_state(conn: &mut Conn, id: RefundId) -> Result<Option<String>, DbError> {
    let state = refunds::table.find(id.uuid()).select(refunds::state).for_no_key_update().first(conn).await;
    Ok(state.optional()?)
}

/// Stores that a whole payment goes back, which became no order.
pub(crate) async fn insert_refund(
    conn: &mut Conn,
    payment: &NewPayment<'_>,
    reason: &str,
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
            refunds::reason.eq(reason),
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

/// A refund by our id.
pub(crate) async fn find_refund(conn: &mut Conn, id: RefundId) -> Result<Option<RefundRow>, DbError> {
    Ok(read(conn, vec![id.uuid()]).await?.pop())
}

async fn read(conn: &mut Conn, ids: Vec<Uuid>) -> Result<Vec<RefundRow>, DbError> {
    let rows = refunds::table
        .inner_join(payments::table.on(payments::id.eq(refunds::payment_id)))
        .filter(refunds::id.eq_any(ids))
        .select((
            refunds::id,
            refunds::order_id,
            refunds::payment_id,
            payments::payment_intent,
            refunds::scope,
            refunds::amount_minor,
            refunds::fees_minor,
            refunds::tax_minor,
            refunds::currency,
            refunds::reason,
            refunds::state,
            refunds::anyway,
            refunds::stripe_refund,
            refunds::tries,
            refunds::refusals,
            refunds::failed_before,
            refunds::problem,
            refunds::created_at,
        ))
        .load(conn)
        .await?;
    Ok(rows)
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

/// The oldest refunds that have not come to their end.
pub(crate) async fn unsettled_refunds(conn: &mut Conn) -> Result<Vec<UnsettledRefund>, DbError> {
    let rows = refunds::table
        .inner_join(payments::table.on(payments::id.eq(refunds::payment_id)))
        .inner_join(orders::table.on(orders::id.eq(refunds::order_id)))
        .filter(refunds::state.eq_any(["asked", "pending", "failed"]))
        .order(refunds::id)
        .limit(200)
        .select((
            refunds::id,
            orders::reference,
            refunds::state,
            refunds::reason,
            refunds::amount_minor,
            refunds::currency,
            refunds::tries,
            refunds::problem,
            payments::payment_intent,
            refunds::created_at,
            refunds::settled_at,
        ))
        .load(conn)
        .await?;
    Ok(rows)
}

/// How many refunds are in a state.
pub(crate) async fn refunds_in(conn: &mut Conn, state: &str) -> Result<i64, DbError> {
    Ok(refunds::table.filter(refunds::state.eq(state)).count().get_result(conn).await?)
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
        ))
        .load(conn)
        .await?;
    Ok(rows)
}

/// What its guest sees of that: what went back or is going back. What the door may still stop, or has, is not promised.
pub(crate) async fn refunds_of(conn: &mut Conn, order: OrderId) -> Result<Vec<RecordedRefund>, DbError> {
    let mut refunds = of_order(conn, order).await?;
    refunds.retain(|refund| matches!(refund.state.as_str(), "pending" | "succeeded" | "failed"));
    Ok(refunds)
}
