//! What the line forgets, and when.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, Db, DbError};
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;

/// Payloads hold names and addresses. So long they can be sent again; afterwards the row alone remains, for who looks into what
/// happened. Digests do not need it.
const PAYLOADS: TimeDelta = TimeDelta::days(30);
/// Longer than a payload lives: while a message can come again, it must be known.
const INBOX: TimeDelta = TimeDelta::days(45);
/// A row without its payload.
const ROWS: TimeDelta = TimeDelta::days(90);

/// Clears what is too old, in small bites so that nobody waits for a lock. The oldest first: without an order PostgreSQL may read
/// all of a table to find that nothing is old enough.
pub(super) async fn clean(db: &Db, now: DateTime<Utc>) -> Result<(), DbError> {
    let bites = [
        (
            "UPDATE outbox SET payload = NULL, traceparent = NULL WHERE message_id IN (
                 SELECT message_id FROM outbox WHERE payload IS NOT NULL AND sent_at IS NOT NULL AND created_at < $1 ORDER BY created_at LIMIT 1000)",
            PAYLOADS,
        ),
        (
            "DELETE FROM outbox WHERE message_id IN (
                 SELECT message_id FROM outbox WHERE payload IS NULL AND created_at < $1 ORDER BY created_at LIMIT 1000)",
            ROWS,
        ),
        (
            "DELETE FROM inbox WHERE (durable, message_id) IN (
                 SELECT durable, message_id FROM inbox WHERE handled_at < $1 ORDER BY handled_at LIMIT 1000)",
            INBOX,
        ),
        (
            "DELETE FROM dead_letters WHERE id IN (
                 SELECT id FROM dead_letters WHERE replayed_at < $1 LIMIT 1000)",
            PAYLOADS,
        ),
    ];
    for (sql, age) in bites {
        loop {
            let done = db.transaction(async |conn: &mut Conn| bite(conn, sql, now - age).await).await?;
            if done < 1000 {
                break;
            }
        }
    }
    Ok(())
}

async fn bite(conn: &mut Conn, sql: &str, before: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::sql_query(sql).bind::<Timestamptz, _>(before).execute(conn).await?)
}
