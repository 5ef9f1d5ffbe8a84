//! From the outbox to the stream: a batch at a time, marked once the stream has acknowledged it.

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::context::PublishErrorKind;
use db::{Conn, Db, Keep};
use diesel::prelude::*;
use diesel::sql_types::{Array, Int8, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use domain::clock::SharedClock;
use futures::future::join_all;
use messages::Stream;
use settings::crash;
use uuid::Uuid;

use super::AGGREGATE;
use super::park::park;
use crate::metrics::{METRICS, label};
use crate::schema::outbox;
use crate::{Bus, BusError};

/// How many messages travel together: their acknowledgements are waited for at once.
pub(super) const BATCH: usize = 256;

#[derive(Queryable)]
struct Waiting {
    message_id: Uuid,
    subject: String,
    aggregate: String,
    payload: Option<Vec<u8>>,
    traceparent: Option<String>,
}

/// A message that the stream has.
pub(super) struct Acked {
    pub message_id: Uuid,
    pub sequence: i64,
    pub duplicate: bool,
}

/// What became of one batch. `failure` is the first message's that was not acknowledged.
pub(super) struct Batch {
    pub acked: Vec<Acked>,
    /// How many were found that NATS can never take.
    pub parked: usize,
    pub failure: Option<BusError>,
}

impl Batch {
    pub fn lowest_new(&self) -> Option<i64> {
        self.acked.iter().filter(|ack| !ack.duplicate).map(|ack| ack.sequence).min()
    }

    pub fn highest(&self) -> Option<i64> {
        self.acked.iter().map(|ack| ack.sequence).max()
    }
}

/// Takes the oldest rows that nobody else holds, publishes them together, marks those that were acknowledged.
///
/// The rows stay locked meanwhile, for at most the acknowledgement's two seconds: if this process dies, they are free.
pub(super) async fn batch(
    db: &Db,
    bus: &Bus,
    stream: Stream,
    clock: &SharedClock,
) -> Result<Batch, BusError> {
    db.transaction(async |conn: &mut Conn| {
        let rows: Vec<Waiting> = outbox::table
            .select((
                outbox::message_id,
                outbox::subject,
                outbox::aggregate,
                outbox::payload,
                outbox::traceparent,
            ))
            .filter(outbox::sent_at.is_null())
            .filter(outbox::failed_at.is_null())
            .order(outbox::message_id)
            .limit(BATCH as i64)
            .for_update()
            .skip_locked()
            .load(conn)
            .await?;
        let (mut batch, impossible) = publish(bus, rows).await;
        if !batch.acked.is_empty() {
            crash::point("P8");
        }
        mark(conn, stream, &batch, clock).await?;
        for (id, reason) in &impossible {
            park(conn, stream, *id, reason, clock.now()).await?;
        }
        batch.parked = impossible.len();
        Ok::<_, BusError>(batch)
    })
    .await
}

/// The batch, and the messages that NATS can never take with the reason.
async fn publish(bus: &Bus, rows: Vec<Waiting>) -> (Batch, Vec<(Uuid, String)>) {
    let mut batch = Batch { acked: Vec::with_capacity(rows.len()), parked: 0, failure: None };
    let mut impossible = Vec::new();
    let mut pending = Vec::with_capacity(rows.len());
    for row in rows {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, row.message_id.to_string());
        headers.insert(AGGREGATE, row.aggregate);
        if let Some(traceparent) = row.traceparent {
            headers.insert("traceparent", traceparent);
        }
        let payload = row.payload.unwrap_or_default().into();
        match bus.jetstream().publish_with_headers(row.subject.clone(), headers, payload).await {
            Ok(ack) => pending.push(async move { (row.message_id, row.subject, ack.await) }),
            // Told by the client, which knows the server's limit: nothing was sent.
            Err(error) if error.kind() == PublishErrorKind::MaxPayloadExceeded => {
                impossible.push((row.message_id, error.to_string()));
            }
            Err(error) => batch.failure = batch.failure.or(Some(BusError::nats(error))),
        }
    }
    for (message_id, subject, ack) in join_all(pending).await {
        match ack {
            Ok(ack) => {
                METRICS.published.add(1, &label("subject", &subject));
                let sequence = i64::try_from(ack.sequence).unwrap_or(i64::MAX);
                batch.acked.push(Acked { message_id, sequence, duplicate: ack.duplicate });
            }
            Err(error) => batch.failure = batch.failure.or(Some(BusError::nats(error))),
        }
    }
    (batch, impossible)
}

async fn mark(conn: &mut Conn, stream: Stream, batch: &Batch, clock: &SharedClock) -> Result<(), BusError> {
    let Some(highest) = batch.highest() else { return Ok(()) };
    let ids: Vec<Uuid> = batch.acked.iter().map(|ack| ack.message_id).collect();
    let sequences: Vec<i64> = batch.acked.iter().map(|ack| ack.sequence).collect();
    diesel::sql_query(
        "WITH marked AS (
             UPDATE outbox SET sent_at = $1, stream_sequence = acked.sequence
               FROM unnest($2, $3) AS acked (id, sequence) WHERE message_id = acked.id)
         UPDATE relay_state SET last_sequence = greatest(last_sequence, $4) WHERE stream = $5",
    )
    .bind::<Timestamptz, _>(clock.now())
    .bind::<Array<diesel::sql_types::Uuid>, _>(ids)
    .bind::<Array<Int8>, _>(sequences)
    .bind::<Int8, _>(highest)
    .bind::<Text, _>(stream.name)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}
