//! The consumer's side of a replay: the letter instead of NATS, the same handler, the same transaction rules.

use chrono::{DateTime, Utc};
use db::{Conn, Db, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::schema::dead_letters;

/// A letter with its content.
#[derive(Queryable, Selectable)]
#[diesel(table_name = dead_letters)]
pub(crate) struct Asked {
    pub id: i64,
    pub message_id: Uuid,
    pub subject: String,
    pub payload: Vec<u8>,
    pub traceparent: Option<String>,
    pub published_at: DateTime<Utc>,
    pub attempts: i64,
}

/// The next letter of this durable that somebody asked for; locked, so that one replica replays it.
pub(crate) async fn next(conn: &mut Conn, durable: &str) -> QueryResult<Option<Asked>> {
    dead_letters::table
        .filter(dead_letters::durable.eq(durable))
        .filter(dead_letters::replay_asked_at.is_not_null())
        .order(dead_letters::id)
        .select(Asked::as_select())
        .for_update()
        .skip_locked()
        .first(conn)
        .await
        .optional()
}

/// The letter has had its effect.
pub(crate) async fn revived(conn: &mut Conn, id: i64, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(dead_letters::table.find(id))
        .set((dead_letters::replayed_at.eq(now), dead_letters::replay_asked_at.eq(None::<DateTime<Utc>>)))
        .execute(conn)
        .await
}

/// It failed again: it stays dead, with the new reason, until asked for again.
pub(crate) async fn still_dead(db: &Db, id: i64, error: &str) -> Result<(), DbError> {
    let mut conn = db.conn().await?;
    diesel::update(dead_letters::table.find(id))
        .set((
            dead_letters::replay_asked_at.eq(None::<DateTime<Utc>>),
            dead_letters::attempts.eq(dead_letters::attempts + 1),
            dead_letters::error.eq(error),
        ))
        .execute(&mut *conn)
        .await?;
    Ok(())
}
