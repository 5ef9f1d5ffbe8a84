//! Tries to pay.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError, Keep};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::ids::{AttemptId, OrderId};
use uuid::Uuid;

use crate::payments::{PaymentRequest, Session, SessionState};
use crate::schema::attempts;

/// A try to pay as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = attempts, check_for_backend(diesel::pg::Pg))]
pub(crate) struct AttemptRow {
    pub id: Uuid,
    pub state: String,
    pub request: serde_json::Value,
    pub session_id: Option<String>,
    pub checkout_url: Option<String>,
    /// Why the last card was declined, as Stripe calls it.
    pub declined: Option<String>,
    /// Its session is complete, and the money is still on its way.
    pub processing: bool,
}

impl AttemptRow {
    /// The request to Stripe, word for word as it was made for this attempt.
    pub(crate) fn request(&self) -> Result<PaymentRequest, DbError> {
        serde_json::from_value(self.request.clone())
            .map_err(|error| DbError::Other(diesel::result::Error::DeserializationError(Box::new(error))))
    }
}

/// An attempt by its key.
pub(crate) async fn attempt(conn: &mut Conn, id: AttemptId) -> Result<Option<AttemptRow>, DbError> {
    Ok(attempts::table.find(id.uuid()).select(AttemptRow::as_select()).first(conn).await.optional()?)
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

/// Whether a session belongs to an attempt of an order's.
pub(crate) async fn has_session(conn: &mut Conn, order: OrderId, session: &str) -> Result<bool, DbError> {
    let known =
        attempts::table.filter(attempts::order_id.eq(order.uuid())).filter(attempts::session_id.eq(session));
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(conn).await?)
}

/// A new attempt of an order that has no open one; the partial unique index refuses a second.
pub(crate) async fn new_attempt(
    conn: &mut Conn,
    request: &PaymentRequest,
    lease: TimeDelta,
) -> Result<(), DbError> {
    diesel::insert_into(attempts::table)
        .values((
            attempts::id.eq(request.attempt.uuid()),
            attempts::order_id.eq(request.order.uuid()),
            attempts::state.eq("open"),
            attempts::request.eq(request.to_json()),
            attempts::lease_until.eq(request.made_at + lease),
            attempts::created_at.eq(request.made_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
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

/// Stripe has answered: which session it is. Says in which state the attempt is.
pub(crate) async fn session_known(
    conn: &mut Conn,
    id: AttemptId,
    session: &Session,
) -> Result<String, DbError> {
    Ok(diesel::update(attempts::table.find(id.uuid()))
        .set((
            attempts::session_id.eq(&session.id),
            attempts::checkout_url.eq(&session.url),
            attempts::problem.eq(None::<String>),
        ))
        .returning(attempts::state)
        .get_result(conn)
        .await?)
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
    diesel::update(attempts::table.find(id.uuid()))
        .filter(attempts::state.eq("open"))
        .set((attempts::state.eq("dead"), attempts::settled_at.eq(now), attempts::problem.eq(problem)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Why the last card was declined, as Stripe said with the session; what it does not say now stays as it was.
pub(crate) async fn card_declined(conn: &mut Conn, session: &Session) -> Result<(), DbError> {
    if let Some(code) = &session.declined {
        diesel::update(attempts::table.filter(attempts::session_id.eq(&session.id)))
            .set(attempts::declined.eq(code))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// The session is complete and its money is on its way: there is no page left to pay on, and nothing to do but wait.
pub(crate) async fn money_on_its_way(conn: &mut Conn, session: &Session) -> Result<(), DbError> {
    diesel::update(attempts::table.filter(attempts::session_id.eq(&session.id)))
        .filter(attempts::processing.eq(false))
        .set(attempts::processing.eq(true))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends the attempt a session belongs to: by its id, or by the attempt it names where its id was never stored. One that was ended
/// before stays as it was, and its session is written down all the same. Says whether it is a session that can be paid or was, of an
/// attempt that had been given up.
pub(crate) async fn settle_session(
    conn: &mut Conn,
    session: &Session,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let dead = matches!(session.state, SessionState::Dead | SessionState::NothingOwed);
    let now_in: Option<NowIn> = diesel::sql_query(
        "UPDATE attempts SET session_id = $1, checkout_url = $2, problem = NULL,
                state = CASE state WHEN 'open' THEN $3 ELSE state END, settled_at = coalesce(settled_at, $4)
          WHERE id = coalesce((SELECT id FROM attempts WHERE session_id = $1), $5) RETURNING state",
    )
    .bind::<Text, _>(&session.id)
    .bind::<Nullable<Text>, _>(&session.url)
    .bind::<Text, _>(if dead { "dead" } else { "complete" })
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<SqlUuid>, _>(session.attempt.map(AttemptId::uuid))
    .kept()
    .get_result(conn)
    .await
    .optional()?;
    Ok(!dead && now_in.is_some_and(|attempt| attempt.state == "dead"))
}

#[derive(QueryableByName)]
struct NowIn {
    #[diesel(sql_type = Text)]
    state: String,
}
