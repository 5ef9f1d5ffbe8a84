//! Messages given up, with the reason, until somebody mends the cause and replays them.

pub(crate) mod replay;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::schema::dead_letters;

/// A query of letters that died before `$1` and are still dead: `reference` and `at`.
pub const OPEN: &str = "SELECT subject AS reference, died_at AS at FROM dead_letters WHERE replayed_at IS NULL AND died_at <= $1";

/// A message given up, as an operator sees it. Without its payload, which holds people's names.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, serde::Serialize, serde::Deserialize)]
#[diesel(table_name = dead_letters)]
pub struct DeadLetter {
    /// Its number here.
    pub id: i64,
    /// The consumer that gave up; `<service>_outbox` for a message of ours that NATS can never take.
    pub durable: String,
    /// The message's id.
    pub message_id: Uuid,
    /// Its subject.
    pub subject: String,
    /// When the stream got it.
    pub published_at: DateTime<Utc>,
    /// Why the last try failed.
    pub error: String,
    /// How many tries there were.
    pub attempts: i64,
    /// When it was given up.
    pub died_at: DateTime<Utc>,
    /// Set from the wish to replay it until the consumer has tried.
    pub replay_asked_at: Option<DateTime<Utc>>,
    /// When a replay succeeded.
    pub replayed_at: Option<DateTime<Utc>>,
}

#[derive(Insertable)]
#[diesel(table_name = dead_letters)]
pub(crate) struct Letter<'a> {
    pub durable: &'a str,
    pub message_id: Uuid,
    pub subject: &'a str,
    pub aggregate: Option<&'a str>,
    pub payload: &'a [u8],
    pub traceparent: Option<&'a str>,
    pub published_at: DateTime<Utc>,
    pub error: String,
    pub attempts: i64,
    pub died_at: DateTime<Utc>,
}

pub(crate) async fn keep(conn: &mut Conn, letter: &Letter<'_>) -> QueryResult<usize> {
    diesel::insert_into(dead_letters::table).values(letter).on_conflict_do_nothing().execute(conn).await
}

/// The letters of this service that are still dead, newest first.
pub async fn list(conn: &mut Conn, limit: i64) -> Result<Vec<DeadLetter>, DbError> {
    Ok(dead_letters::table
        .filter(dead_letters::replayed_at.is_null())
        .order(dead_letters::id.desc())
        .limit(limit)
        .select(DeadLetter::as_select())
        .load(conn)
        .await?)
}

/// How many are still dead.
pub async fn open(conn: &mut Conn) -> Result<i64, DbError> {
    Ok(dead_letters::table.filter(dead_letters::replayed_at.is_null()).count().get_result(conn).await?)
}

/// Asks for one letter to be tried again: the consumer that gave it up does so within a second or two of its being alive,
/// the relay within half a minute.
/// False if there is no such letter or it has been replayed.
pub async fn replay(conn: &mut Conn, id: i64, now: DateTime<Utc>) -> Result<bool, DbError> {
    let asked = diesel::update(dead_letters::table.find(id).filter(dead_letters::replayed_at.is_null()))
        .set(dead_letters::replay_asked_at.eq(now))
        .execute(conn)
        .await?;
    Ok(asked == 1)
}

/// Asks for all letters of this service to be tried again. Returns how many.
pub async fn replay_all(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::update(dead_letters::table.filter(dead_letters::replayed_at.is_null()))
        .set(dead_letters::replay_asked_at.eq(now))
        .execute(conn)
        .await?)
}
