//! Has the stream kept what it acknowledged?
//!
//! JetStream writes to disk in the background: a power cut, a restored snapshot or a lost volume takes acknowledged messages
//! with it. Each of these needs a restart, so each new connection is a reason to ask. A stream with another creation time is
//! another stream; one whose last sequence is lower than it was has been rolled back. What it lost is sent again.

use chrono::{DateTime, Utc};
use db::{Conn, Db, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, Int8};
use diesel_async::RunQueryDsl;
use domain::clock::SharedClock;
use messages::Stream;
use uuid::Uuid;

use super::publish::Batch;
use crate::metrics::{METRICS, label};
use crate::schema::relay_state;
use crate::streams::{self, Identity};
use crate::{Bus, BusError};

/// What was known of the stream: its creation, its last sequence.
type Known = (DateTime<Utc>, i64);

/// How often a comparison starts over because another replica was faster.
const TRIES: usize = 5;

/// Marks unsent what the stream lost, and returns its last sequence.
///
/// What we know is read before NATS is asked, so an answer that falls short of it means a loss. Nothing is locked while
/// NATS thinks; whether another replica has acted on the same loss meanwhile is seen under the lock.
pub(super) async fn verify(db: &Db, bus: &Bus, stream: Stream, clock: &SharedClock) -> Result<i64, BusError> {
    for _ in 0..TRIES {
        let known = known(&mut *db.conn().await?, stream, false).await?;
        let found = streams::identity(bus, stream).await?;
        let settled = db
            .transaction(async |conn: &mut Conn| settle(conn, stream, known, found, clock.now()).await)
            .await?;
        if settled {
            return Ok(found.last_sequence);
        }
    }
    Err(BusError::Nats("the stream changes while it is looked at".to_owned()))
}

async fn known(conn: &mut Conn, stream: Stream, locked: bool) -> Result<Option<Known>, DbError> {
    let row = relay_state::table
        .find(stream.name)
        .select((relay_state::stream_created, relay_state::last_sequence));
    let row = if locked { row.for_update().first(conn).await } else { row.first(conn).await };
    Ok(row.optional()?)
}

/// False if what was known has changed in a way that makes the answer doubtful.
async fn settle(
    conn: &mut Conn,
    stream: Stream,
    before: Option<Known>,
    mut found: Identity,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let known = known(conn, stream, true).await?;
    if let Some(lost_after) = before.and_then(|before| lost_after(before, found)) {
        if known != before {
            return Ok(false);
        }
        let lost = forget(conn, lost_after, &[]).await?;
        tracing::warn!(
            stream = stream.name,
            lost_after,
            lost,
            "NATS lost messages it had; sending them again"
        );
        METRICS.resent.add(lost as u64, &label("stream", stream.name));
    } else if let Some((created, last_sequence)) = known {
        if created != found.created {
            return Ok(false);
        }
        // Another replica may have published since NATS answered.
        found.last_sequence = found.last_sequence.max(last_sequence);
    }
    store(conn, stream, found, now).await?;
    Ok(true)
}

/// The last sequence that can still be trusted, if anything was lost.
fn lost_after((created, last_sequence): Known, found: Identity) -> Option<i64> {
    if found.created != created {
        Some(0)
    } else if found.last_sequence < last_sequence {
        Some(found.last_sequence)
    } else {
        None
    }
}

/// The stream gave out sequences again that this process has seen before: what had them first is lost.
pub(super) async fn rewind(db: &Db, stream: Stream, lowest: i64, batch: &Batch) -> Result<(), BusError> {
    let just_sent: Vec<Uuid> = batch.acked.iter().map(|ack| ack.message_id).collect();
    let lost = db.transaction(async |conn: &mut Conn| forget(conn, lowest - 1, &just_sent).await).await?;
    tracing::warn!(
        stream = stream.name,
        lowest,
        lost,
        "NATS rolled the stream back; sending again what it lost"
    );
    METRICS.resent.add(lost as u64, &label("stream", stream.name));
    Ok(())
}

/// Marks as unsent what the stream put after a sequence. Cleared payloads can't be sent; anti-entropy covers these.
async fn forget(conn: &mut Conn, after: i64, except: &[Uuid]) -> Result<usize, DbError> {
    Ok(diesel::sql_query(
        "UPDATE outbox SET sent_at = NULL, stream_sequence = NULL
          WHERE sent_at IS NOT NULL AND stream_sequence > $1 AND payload IS NOT NULL AND message_id <> ALL($2)",
    )
    .bind::<Int8, _>(after)
    .bind::<Array<diesel::sql_types::Uuid>, _>(except)
    .execute(conn)
    .await?)
}

async fn store(conn: &mut Conn, stream: Stream, found: Identity, now: DateTime<Utc>) -> Result<(), DbError> {
    let values = (
        relay_state::stream_created.eq(found.created),
        relay_state::last_sequence.eq(found.last_sequence),
        relay_state::checked_at.eq(now),
    );
    diesel::insert_into(relay_state::table)
        .values((relay_state::stream.eq(stream.name), values))
        .on_conflict(relay_state::stream)
        .do_update()
        .set(values)
        .execute(conn)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn a_stream_is_trusted_as_far_as_it_is_the_same_and_complete() {
        let known = (at(1), 10);
        assert_eq!(lost_after(known, Identity { created: at(1), last_sequence: 10 }), None);
        assert_eq!(lost_after(known, Identity { created: at(1), last_sequence: 12 }), None);
        assert_eq!(lost_after(known, Identity { created: at(1), last_sequence: 7 }), Some(7));
        assert_eq!(lost_after(known, Identity { created: at(2), last_sequence: 99 }), Some(0));
    }
}
