//! Stripe's events.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::schema::webhook_events;

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
    pub processed_at: Option<DateTime<Utc>>,
    pub traceparent: Option<String>,
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
    pub body: String,
    pub tries: i32,
    pub received_at: DateTime<Utc>,
    pub traceparent: Option<String>,
}

/// Takes events whose turn has come, in a transaction of the caller's; puts each off until `again`.
pub(crate) async fn claim_events(
    conn: &mut Conn,
    now: DateTime<Utc>,
    again: DateTime<Utc>,
    most: i64,
) -> Result<Vec<WaitingEvent>, DbError> {
    let ids: Vec<String> = webhook_events::table
        .filter(webhook_events::state.eq("waiting"))
        .filter(webhook_events::next_try_at.le(now))
        .order(webhook_events::next_try_at)
        .limit(most)
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

/// Empties the bodies of events that were worked off or ignored before `before`: they hold names and addresses.
pub(crate) async fn forget_bodies(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    let emptied = diesel::update(webhook_events::table)
        .filter(webhook_events::processed_at.lt(before))
        .filter(webhook_events::body.ne(""))
        .set(webhook_events::body.eq(""))
        .execute(conn)
        .await?;
    Ok(emptied)
}
