//! The SQL of attempts, payments, refunds, Stripe's events and the quarantine.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use domain::ids::{AttemptId, OrderId, RefundId};
use uuid::Uuid;

use super::{ChargeLine, PaymentRequest, Session, SessionState};
use crate::orders::store::{LineRow, OrderRow};
use crate::schema::{attempts, payments, quarantine, refunds, webhook_events};

// ------------------------------------------------------------------------------------------------ attempts

/// A try to pay as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = attempts, check_for_backend(diesel::pg::Pg))]
pub(crate) struct AttemptRow {
    pub id: Uuid,
    pub state: String,
    pub return_url: String,
    pub expires_at: DateTime<Utc>,
    pub session_id: Option<String>,
    pub checkout_url: Option<String>,
    pub created_at: DateTime<Utc>,
}

impl AttemptRow {
    /// The request to Stripe, from stored values only.
    pub(crate) fn request(&self, order: &OrderRow, lines: &[LineRow]) -> Result<PaymentRequest, DbError> {
        let currency = order.currency.parse().map_err(|_| DbError::NotFound)?;
        let line = |line: &LineRow| ChargeLine {
            is_fee: line.kind == "fee",
            label: line.label.clone(),
            quantity: line.quantity.unsigned_abs(),
            total_minor: line.total_minor,
        };
        Ok(PaymentRequest {
            attempt: self.id.into(),
            order: order.key(),
            reference: order.reference.clone(),
            email: order.buyer_email.clone(),
            language: order.language(),
            currency,
            lines: lines.iter().map(line).collect(),
            expires_at: self.expires_at,
            return_url: self.return_url.clone(),
        })
    }
}

pub(crate) async fn open_attempt(conn: &mut Conn, order: OrderId) -> Result<Option<AttemptRow>, DbError> {
    let found = attempts::table
        .filter(attempts::order_id.eq(order.uuid()))
        .filter(attempts::state.eq("open"))
        .select(AttemptRow::as_select())
        .first(conn)
        .await;
    Ok(found.optional()?)
}

/// The latest attempt of an order, whatever its state.
pub(crate) async fn last_attempt(conn: &mut Conn, order: OrderId) -> Result<Option<AttemptRow>, DbError> {
    let found = attempts::table
        .filter(attempts::order_id.eq(order.uuid()))
        .order(attempts::id.desc())
        .select(AttemptRow::as_select())
        .first(conn)
        .await;
    Ok(found.optional()?)
}

/// A new attempt of an order that has no open one; the partial unique index refuses a second.
pub(crate) async fn new_attempt(
    conn: &mut Conn,
    order: OrderId,
    return_url: &str,
    expires_at: DateTime<Utc>,
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<AttemptRow, DbError> {
    let row = diesel::insert_into(attempts::table)
        .values((
            attempts::id.eq(AttemptId::generate().uuid()),
            attempts::order_id.eq(order.uuid()),
            attempts::state.eq("open"),
            attempts::return_url.eq(return_url),
            attempts::expires_at.eq(expires_at),
            attempts::lease_until.eq(now + lease),
            attempts::created_at.eq(now),
        ))
        .returning(AttemptRow::as_returning())
        .get_result(conn)
        .await?;
    Ok(row)
}

/// Takes the right to call Stripe for an attempt whose session is not known. `false`: somebody else is calling.
pub(crate) async fn lease(
    conn: &mut Conn,
    id: AttemptId,
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let taken = diesel::update(attempts::table.find(id.uuid()))
        .filter(attempts::state.eq("open"))
        .filter(attempts::session_id.is_null())
        .filter(attempts::lease_until.le(now))
        .set(attempts::lease_until.eq(now + lease))
        .execute(conn)
        .await?;
    Ok(taken == 1)
}

/// Stripe has answered: which session it is.
pub(crate) async fn session_known(conn: &mut Conn, id: AttemptId, session: &Session) -> Result<(), DbError> {
    diesel::update(attempts::table.find(id.uuid()))
        .set((
            attempts::session_id.eq(&session.id),
            attempts::checkout_url.eq(&session.url),
            attempts::problem.eq(None::<String>),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Nobody knows whether there is a session: keep the problem and let the next one try.
pub(crate) async fn attempt_unknown(
    conn: &mut Conn,
    id: AttemptId,
    problem: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::update(attempts::table.find(id.uuid()))
        .set((attempts::problem.eq(problem), attempts::lease_until.eq(now)))
        .execute(conn)
        .await?;
    Ok(())
}

/// The attempt can never be paid.
pub(crate) async fn attempt_dead(
    conn: &mut Conn,
    id: AttemptId,
    problem: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    settle(conn, id, "dead", Some(problem), now).await
}

/// Ends the attempt a session belongs to: by its id, or by the attempt it names where its id was never stored.
pub(crate) async fn settle_session(
    conn: &mut Conn,
    session: &Session,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let state = if session.state == SessionState::Dead { "dead" } else { "complete" };
    let known: Option<Uuid> = attempts::table
        .filter(attempts::session_id.eq(&session.id))
        .select(attempts::id)
        .first(conn)
        .await
        .optional()?;
    match known.map(AttemptId::from_uuid).or(session.attempt) {
        Some(id) => {
            session_known(conn, id, session).await?;
            settle(conn, id, state, None, now).await
        }
        None => Ok(()),
    }
}

async fn settle(
    conn: &mut Conn,
    id: AttemptId,
    state: &str,
    problem: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::update(attempts::table.find(id.uuid()))
        .filter(attempts::state.eq("open"))
        .set((attempts::state.eq(state), attempts::settled_at.eq(now), attempts::problem.eq(problem)))
        .execute(conn)
        .await?;
    Ok(())
}

// ------------------------------------------------------------------------------------------------ payments

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

// ------------------------------------------------------------------------------------------------ refunds

/// A refund to be made, with the payment it takes from.
#[derive(Debug, Clone)]
pub(crate) struct DueRefund {
    pub id: RefundId,
    pub order: OrderId,
    pub payment_intent: String,
    pub amount_minor: i64,
    pub currency: String,
    pub reason: String,
    pub tries: i32,
    pub created_at: DateTime<Utc>,
}

/// Stores that a whole payment goes back.
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
) -> Result<Vec<DueRefund>, DbError> {
    let ids: Vec<Uuid> = refunds::table
        .filter(refunds::state.eq("pending"))
        .filter(refunds::next_try_at.le(now))
        .order(refunds::next_try_at)
        .limit(16)
        .select(refunds::id)
        .for_no_key_update()
        .skip_locked()
        .load(conn)
        .await?;
    diesel::update(refunds::table.filter(refunds::id.eq_any(&ids)))
        .set((refunds::next_try_at.eq(again), refunds::tries.eq(refunds::tries + 1)))
        .execute(conn)
        .await?;
    type Row = (Uuid, Uuid, String, i64, String, String, i32, DateTime<Utc>);
    let rows: Vec<Row> = refunds::table
        .inner_join(payments::table.on(payments::id.eq(refunds::payment_id)))
        .filter(refunds::id.eq_any(ids))
        .select((
            refunds::id,
            refunds::order_id,
            payments::payment_intent,
            refunds::amount_minor,
            refunds::currency,
            refunds::reason,
            refunds::tries,
            refunds::created_at,
        ))
        .load(conn)
        .await?;
    let due =
        |(id, order, payment_intent, amount_minor, currency, reason, tries, created_at): Row| DueRefund {
            id: id.into(),
            order: order.into(),
            payment_intent,
            amount_minor,
            currency,
            reason,
            tries,
            created_at,
        };
    Ok(rows.into_iter().map(due).collect())
}

pub(crate) async fn refund_later(
    conn: &mut Conn,
    id: RefundId,
    problem: &str,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::update(refunds::table.find(id.uuid()))
        .set((refunds::problem.eq(problem), refunds::next_try_at.eq(at)))
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

/// What went back or is going back of an order: amount, reason, whether it has arrived at Stripe.
pub(crate) async fn refunds_of(
    conn: &mut Conn,
    order: OrderId,
) -> Result<Vec<(i64, String, String)>, DbError> {
    let rows = refunds::table
        .filter(refunds::order_id.eq(order.uuid()))
        .order(refunds::id)
        .select((refunds::amount_minor, refunds::reason, refunds::state))
        .load(conn)
        .await?;
    Ok(rows)
}

// ------------------------------------------------------------------------------------------------ Stripe's events

/// An event of Stripe's, about to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = webhook_events)]
pub(crate) struct NewEvent<'a> {
    pub id: &'a str,
    pub kind: &'a str,
    pub session_id: Option<&'a str>,
    pub body: &'a str,
    pub state: &'static str,
    pub outcome: Option<&'static str>,
    pub next_try_at: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
}

/// Stores an event. `false`: it was there already.
pub(crate) async fn insert_event(conn: &mut Conn, event: &NewEvent<'_>) -> Result<bool, DbError> {
    let stored = diesel::insert_into(webhook_events::table)
        .values(event)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(stored == 1)
}

/// An event to be worked off.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhook_events, check_for_backend(diesel::pg::Pg))]
pub(crate) struct WaitingEvent {
    pub id: String,
    pub session_id: Option<String>,
    pub tries: i32,
    pub received_at: DateTime<Utc>,
}

/// Takes events whose turn has come, in a transaction of the caller's; puts each off until `again`.
pub(crate) async fn claim_events(
    conn: &mut Conn,
    now: DateTime<Utc>,
    again: DateTime<Utc>,
) -> Result<Vec<WaitingEvent>, DbError> {
    let ids: Vec<String> = webhook_events::table
        .filter(webhook_events::state.eq("waiting"))
        .filter(webhook_events::next_try_at.le(now))
        .order(webhook_events::next_try_at)
        .limit(32)
        .select(webhook_events::id)
        .for_no_key_update()
        .skip_locked()
        .load(conn)
        .await?;
    let claimed = diesel::update(webhook_events::table.filter(webhook_events::id.eq_any(ids)))
        .set((webhook_events::next_try_at.eq(again), webhook_events::tries.eq(webhook_events::tries + 1)))
        .returning(WaitingEvent::as_returning())
        .get_results(conn)
        .await?;
    Ok(claimed)
}

pub(crate) async fn event_later(
    conn: &mut Conn,
    id: &str,
    problem: &str,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::update(webhook_events::table.find(id))
        .set((webhook_events::outcome.eq(problem), webhook_events::next_try_at.eq(at)))
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn end_event(
    conn: &mut Conn,
    id: &str,
    state: &str,
    outcome: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::update(webhook_events::table.find(id))
        .set((
            webhook_events::state.eq(state),
            webhook_events::outcome.eq(outcome),
            webhook_events::processed_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Empties the bodies of events worked off before `before`: they hold names and addresses.
pub(crate) async fn forget_bodies(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    let emptied = diesel::update(webhook_events::table)
        .filter(webhook_events::processed_at.lt(before))
        .filter(webhook_events::body.ne(""))
        .set(webhook_events::body.eq(""))
        .execute(conn)
        .await?;
    Ok(emptied)
}

// ------------------------------------------------------------------------------------------------ quarantine

/// Keeps money or a message that fits no order until a person has looked. Once per session and kind.
pub(crate) async fn quarantine(
    conn: &mut Conn,
    kind: &str,
    session: &Session,
    order: Option<OrderId>,
    note: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::insert_into(quarantine::table)
        .values((
            quarantine::id.eq(Uuid::now_v7()),
            quarantine::kind.eq(kind),
            quarantine::session_id.eq(&session.id),
            quarantine::payment_intent.eq(&session.payment_intent),
            quarantine::order_id.eq(order.map(OrderId::uuid)),
            quarantine::amount_minor.eq(session.amount_minor),
            quarantine::currency.eq(&session.currency),
            quarantine::note.eq(note),
            quarantine::noted_at.eq(now),
        ))
        .on_conflict((quarantine::kind, quarantine::session_id))
        .do_update()
        .set(quarantine::note.eq(excluded(quarantine::note)))
        .execute(conn)
        .await?;
    Ok(())
}
