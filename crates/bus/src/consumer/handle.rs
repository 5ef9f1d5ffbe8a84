//! One message: into the database with its effect, or back with a pause, or to the dead letters.

use async_nats::jetstream::{self, AckKind};
use chrono::{DateTime, Utc};
use db::{Conn, Db};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::clock::SharedClock;
use domain::ids::MessageId;
use messages::Subject;
use tracing::Instrument;
use uuid::Uuid;

use super::work::{Borrowed, Handler};
use super::{Consumer, Delivery, HandleError, Outcome};
use crate::dead_letters::{self, Letter};
use crate::metrics::{METRICS, label};
use crate::relay::AGGREGATE;
use crate::schema::inbox;

/// A message as it came, or as a dead letter kept it.
#[derive(Debug, Clone)]
pub(super) struct Incoming {
    pub delivery: Delivery,
    /// What the message tells about, as its sender says: readable when the message is not.
    pub aggregate: Option<String>,
    pub payload: Vec<u8>,
    pub traceparent: Option<String>,
}

/// What became of one delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Done(Outcome),
    /// Handled before; nothing was done.
    Known,
    Again(std::time::Duration),
    Dead,
}

impl<M: Subject> Consumer<M> {
    /// Handles one delivery and answers the server.
    pub(super) async fn deliver<H>(
        &self,
        db: &Db,
        clock: &SharedClock,
        message: jetstream::Message,
        handler: &H,
    ) -> Fate
    where
        for<'r> H: Handler<Borrowed<'r>, M, Fut: Send> + Send + Sync,
    {
        let incoming = Incoming::read(&message);
        let span = incoming.span(self.durable);
        async {
            let fate = self.settle(db, clock, &incoming, handler).await;
            let answer = match fate {
                Fate::Done(_) | Fate::Known => AckKind::Ack,
                Fate::Again(pause) => AckKind::Nak(Some(pause)),
                Fate::Dead => AckKind::Term,
            };
            // If the answer is lost, the message comes again and is known.
            if let Err(error) = message.ack_with(answer).await {
                tracing::debug!(%error, "the answer to NATS was lost");
            }
            fate
        }
        .instrument(span)
        .await
    }

    async fn settle<H>(&self, db: &Db, clock: &SharedClock, incoming: &Incoming, handler: &H) -> Fate
    where
        for<'r> H: Handler<Borrowed<'r>, M, Fut: Send> + Send + Sync,
    {
        let delivery = &incoming.delivery;
        let error = match self.effect(db, clock.now(), incoming, handler).await {
            Ok(Some(outcome)) => {
                METRICS.handled.add(1, &label("outcome", outcome.code()));
                let delay = (clock.now() - delivery.published_at).to_std().unwrap_or_default();
                METRICS.delay.record(delay.as_secs_f64(), &label("durable", self.durable));
                return Fate::Done(outcome);
            }
            Ok(None) => return Fate::Known,
            Err(error) => error,
        };
        METRICS.failed.add(1, &label("durable", self.durable));
        let pause = self.pause_after(delivery.attempt);
        let hopeless = match &error {
            HandleError::Database(e) if e.is_transient() => false,
            HandleError::Never(_) => true,
            _ => delivery.attempt >= self.max_deliver,
        };
        if !hopeless {
            tracing::warn!(%error, attempt = delivery.attempt, retry_ms = pause.as_millis() as u64, "message failed");
            return Fate::Again(pause);
        }
        match self.bury(db, clock.now(), incoming, &error).await {
            Ok(()) => Fate::Dead,
            Err(burying) => {
                tracing::error!(%error, %burying, "a dead letter could not be kept; trying again");
                Fate::Again(pause)
            }
        }
    }

    /// The inbox row and the handler's changes, in one transaction. `None` if the message had its effect before.
    async fn effect<H>(
        &self,
        db: &Db,
        now: DateTime<Utc>,
        incoming: &Incoming,
        handler: &H,
    ) -> Result<Option<Outcome>, HandleError>
    where
        for<'r> H: Handler<Borrowed<'r>, M, Fut: Send> + Send + Sync,
    {
        db.transaction(async |conn: &mut Conn| {
            if !enter(conn, self.durable, incoming.delivery.id, now).await? {
                return Ok(None);
            }
            self.apply(conn, incoming, handler).await.map(Some)
        })
        .await
    }

    pub(super) async fn apply<H>(
        &self,
        conn: &mut Conn,
        incoming: &Incoming,
        handler: &H,
    ) -> Result<Outcome, HandleError>
    where
        for<'r> H: Handler<Borrowed<'r>, M, Fut: Send> + Send + Sync,
    {
        let message = M::decode(incoming.payload.as_slice())
            .map_err(|e| HandleError::never(format!("unreadable: {e}")))?;
        let outcome = handler(&mut *conn, message, incoming.delivery.clone()).await?;
        if outcome != Outcome::Applied {
            conclude(conn, self.durable, incoming.delivery.id, outcome.code()).await?;
        }
        Ok(outcome)
    }

    async fn bury(
        &self,
        db: &Db,
        now: DateTime<Utc>,
        incoming: &Incoming,
        error: &HandleError,
    ) -> Result<(), HandleError> {
        let letter = Letter {
            durable: self.durable,
            message_id: incoming.delivery.id.uuid(),
            subject: &incoming.delivery.subject,
            aggregate: incoming.aggregate.as_deref(),
            payload: &incoming.payload,
            traceparent: incoming.traceparent.as_deref(),
            published_at: incoming.delivery.published_at,
            error: error.to_string(),
            attempts: incoming.delivery.attempt,
            died_at: now,
        };
        let letter = &letter;
        db.transaction(async |conn: &mut Conn| {
            if enter(conn, self.durable, incoming.delivery.id, now).await? {
                conclude(conn, self.durable, incoming.delivery.id, "dead").await?;
                dead_letters::keep(conn, letter).await?;
            }
            Ok::<_, HandleError>(())
        })
        .await?;
        METRICS.dead.add(1, &label("durable", self.durable));
        tracing::error!(%error, durable = self.durable, message = %incoming.delivery.id, "message became a dead letter");
        Ok(())
    }
}

/// Records that this consumer has the message; false if it had it before.
async fn enter(conn: &mut Conn, durable: &str, id: MessageId, now: DateTime<Utc>) -> QueryResult<bool> {
    let added = diesel::insert_into(inbox::table)
        .values((
            inbox::durable.eq(durable),
            inbox::message_id.eq(id.uuid()),
            inbox::outcome.eq("applied"),
            inbox::handled_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(added == 1)
}

pub(super) async fn conclude(
    conn: &mut Conn,
    durable: &str,
    id: MessageId,
    outcome: &str,
) -> QueryResult<usize> {
    diesel::update(inbox::table.find((durable, id.uuid())))
        .set(inbox::outcome.eq(outcome))
        .execute(conn)
        .await
}

impl Incoming {
    fn read(message: &jetstream::Message) -> Self {
        let info = message.info().ok();
        let header =
            |name: &str| message.headers.as_ref().and_then(|h| h.get(name)).map(|v| v.as_str().to_owned());
        let place = info.as_ref().map(|i| format!("{}:{}", i.stream, i.stream_sequence)).unwrap_or_default();
        let id = header("Nats-Msg-Id")
            .and_then(|text| text.parse().ok())
            // Not from a relay of ours: its place in the stream identifies it.
            .unwrap_or_else(|| Uuid::new_v5(&Uuid::NAMESPACE_OID, place.as_bytes()));
        let published = info.as_ref().and_then(|i| i64::try_from(i.published.unix_timestamp_nanos()).ok());
        Self {
            delivery: Delivery {
                id: MessageId::from_uuid(id),
                subject: message.subject.to_string(),
                published_at: published.map(DateTime::from_timestamp_nanos).unwrap_or_default(),
                attempt: info.map_or(1, |i| i.delivered.max(1)),
            },
            aggregate: header(AGGREGATE),
            payload: message.payload.to_vec(),
            traceparent: header("traceparent"),
        }
    }

    pub(super) fn span(&self, durable: &str) -> tracing::Span {
        let span = tracing::info_span!(
            "message",
            otel.kind = "consumer",
            messaging.system = "nats",
            messaging.destination.name = %self.delivery.subject,
            messaging.message.id = %self.delivery.id,
            messaging.consumer = durable,
        );
        if let Some(traceparent) = &self.traceparent {
            telemetry::propagation::set_parent(&span, traceparent);
        }
        span
    }
}
