//! What NATS can never take does not stand in the way of the rest: it is parked, and shown as a dead letter of its owner.

use chrono::{DateTime, Utc};
use db::{Conn, Db, DbError};
use diesel::sql_types::{Text, Timestamptz};
use diesel_async::RunQueryDsl;
use messages::Stream;
use uuid::Uuid;

use crate::metrics::{METRICS, label};

/// Parks a row and writes the letter, or opens the old one again.
pub(super) async fn park(
    conn: &mut Conn,
    stream: Stream,
    id: Uuid,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "WITH parked AS (UPDATE outbox SET failed_at = $4, error = $3 WHERE message_id = $2 RETURNING *)
         INSERT INTO dead_letters (durable, message_id, subject, aggregate, payload, traceparent, published_at, error, attempts, died_at)
         SELECT $1, message_id, subject, aggregate, payload, traceparent, created_at, error, 1, failed_at FROM parked
         ON CONFLICT (durable, message_id) DO UPDATE
            SET error = excluded.error, attempts = dead_letters.attempts + 1, died_at = excluded.died_at, replayed_at = NULL",
    )
    .bind::<Text, _>(place(stream))
    .bind::<diesel::sql_types::Uuid, _>(id)
    .bind::<Text, _>(reason)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    METRICS.parked.add(1, &label("stream", stream.name));
    tracing::error!(stream = stream.name, message = %id, reason, "NATS can never take this message: it is a dead letter");
    Ok(())
}

/// Tries again what somebody asked for, after he has given the server more room.
pub(super) async fn replay(db: &Db, stream: Stream, now: DateTime<Utc>) -> Result<usize, DbError> {
    let mut conn = db.conn().await?;
    Ok(diesel::sql_query(
        "WITH asked AS (
             UPDATE dead_letters SET replayed_at = $2, replay_asked_at = NULL
              WHERE durable = $1 AND replay_asked_at IS NOT NULL RETURNING message_id)
         UPDATE outbox SET failed_at = NULL, error = NULL FROM asked
          WHERE outbox.message_id = asked.message_id AND sent_at IS NULL",
    )
    .bind::<Text, _>(place(stream))
    .bind::<Timestamptz, _>(now)
    .execute(&mut *conn)
    .await?)
}

/// What the letter names as the one that gave up.
fn place(stream: Stream) -> String {
    format!("{}_outbox", stream.owner)
}
