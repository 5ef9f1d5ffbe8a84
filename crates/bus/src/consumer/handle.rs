//! Messages: into the database with their effect, or back with a pause, or to the dead letters.

use std::collections::{BTreeSet, HashSet};

use async_nats::jetstream::{self, AckKind};
use chrono::{DateTime, Utc};
use db::{Conn, Db, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::clock::SharedClock;
use domain::ids::MessageId;
use messages::Subject;
use tracing::Instrument;
use uuid::Uuid;

use super::work::{Received, Takes};
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
    pub span: tracing::Span,
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
    /// Handles deliveries that came together and answers the server.
    pub(super) async fn deliver(
        &self,
        db: &Db,
        clock: &SharedClock,
        messages: Vec<jetstream::Message>,
        handler: &dyn Takes<M>,
    ) -> Vec<Fate> {
        let incoming: Vec<Incoming> = messages.iter().map(|m| Incoming::read(m, self.durable)).collect();
        let fates = self.settle(db, clock, &incoming, handler).await;
        for (message, fate) in messages.iter().zip(&fates) {
            let answer = match fate {
                Fate::Done(_) | Fate::Known => AckKind::Ack,
                Fate::Again(pause) => AckKind::Nak(Some(*pause)),
                Fate::Dead => AckKind::Term,
            };
            // If the answer is lost, the message comes again and is known.
            if let Err(error) = message.ack_with(answer).await {
                tracing::debug!(%error, "the answer to NATS was lost");
            }
        }
        fates
    }

    /// All that came for the first time in one transaction; where that fails, and for what failed before and would spoil the
    /// others' transaction again, each message in its own.
    async fn settle(
        &self,
        db: &Db,
        clock: &SharedClock,
        incoming: &[Incoming],
        handler: &dyn Takes<M>,
    ) -> Vec<Fate> {
        let mut fates: Vec<Option<Fate>> = vec![None; incoming.len()];
        let first: Vec<usize> = (0..incoming.len()).filter(|i| incoming[*i].delivery.attempt == 1).collect();
        if first.len() > 1 {
            let together: Vec<&Incoming> = first.iter().map(|i| &incoming[*i]).collect();
            match self.effects(db, clock.now(), &together, handler).await {
                Ok(outcomes) => {
                    for (i, outcome) in first.into_iter().zip(outcomes) {
                        fates[i] = Some(self.handled(clock, &incoming[i], outcome));
                    }
                }
                // The database is away, or does not answer: so it would be for each of them too, and each would wait as long for it.
                // Where it was a lock of one of them, they come again and are tried alone.
                Err(error @ HandleError::Database(DbError::Unavailable(_) | DbError::Timeout(_))) => {
                    for i in first {
                        fates[i] = Some(self.failed(db, clock, &incoming[i], &error).await);
                    }
                }
                Err(error) => {
                    tracing::info!(%error, messages = first.len(), durable = self.durable,
                        "messages failed together; each is tried alone");
                }
            }
        }
        let mut settled = Vec::with_capacity(fates.len());
        for (fate, incoming) in fates.into_iter().zip(incoming) {
            settled.push(match fate {
                Some(fate) => fate,
                None => self.alone(db, clock, incoming, handler).instrument(incoming.span.clone()).await,
            });
        }
        settled
    }

    async fn alone(&self, db: &Db, clock: &SharedClock, incoming: &Incoming, handler: &dyn Takes<M>) -> Fate {
        match self.effects(db, clock.now(), &[incoming], handler).await {
            Ok(outcomes) => self.handled(clock, incoming, outcomes.into_iter().next().flatten()),
            Err(error) => self.failed(db, clock, incoming, &error).await,
        }
    }

    fn handled(&self, clock: &SharedClock, incoming: &Incoming, outcome: Option<Outcome>) -> Fate {
        let Some(outcome) = outcome else { return Fate::Known };
        METRICS.handled.add(1, &label("outcome", outcome.code()));
        let delay = (clock.now() - incoming.delivery.published_at).to_std().unwrap_or_default();
        METRICS.delay.record(delay.as_secs_f64(), &label("durable", self.durable));
        Fate::Done(outcome)
    }

    async fn failed(&self, db: &Db, clock: &SharedClock, incoming: &Incoming, error: &HandleError) -> Fate {
        let delivery = &incoming.delivery;
        METRICS.failed.add(1, &label("durable", self.durable));
        let pause = self.pause_after(delivery.attempt);
        let hopeless = match error {
            HandleError::Database(e) if e.is_transient() => false,
            HandleError::Never(_) => true,
            _ => delivery.attempt >= self.max_deliver,
        };
        if !hopeless {
            tracing::warn!(%error, attempt = delivery.attempt, retry_ms = pause.as_millis() as u64, "message failed");
            return Fate::Again(pause);
        }
        match self.bury(db, clock.now(), incoming, error).await {
            Ok(()) => Fate::Dead,
            Err(burying) => {
                tracing::error!(%error, %burying, "a dead letter could not be kept; trying again");
                Fate::Again(pause)
            }
        }
    }

    /// The inbox rows and the handler's changes, in one transaction. `None` for a message that had its effect before.
    async fn effects(
        &self,
        db: &Db,
        now: DateTime<Utc>,
        incoming: &[&Incoming],
        handler: &dyn Takes<M>,
    ) -> Result<Vec<Option<Outcome>>, HandleError> {
        db.transaction(async |conn: &mut Conn| {
            let ids: Vec<Uuid> = incoming.iter().map(|message| message.delivery.id.uuid()).collect();
            let mut entered = enter(conn, self.durable, &ids, now).await?;
            // Removed as they are met: of a message that came twice at once, the second is known.
            let new: Vec<bool> = ids.iter().map(|id| entered.remove(id)).collect();
            let fresh: Vec<&Incoming> =
                incoming.iter().zip(&new).filter(|(_, new)| **new).map(|(message, _)| *message).collect();
            let mut outcomes = self.apply(conn, &fresh, handler).await?.into_iter();
            Ok(new.into_iter().map(|new| if new { outcomes.next() } else { None }).collect())
        })
        .await
    }

    /// Hands messages to the handler, whose inbox rows stand already, and corrects these where nothing changed.
    pub(super) async fn apply(
        &self,
        conn: &mut Conn,
        incoming: &[&Incoming],
        handler: &dyn Takes<M>,
    ) -> Result<Vec<Outcome>, HandleError> {
        if incoming.is_empty() {
            return Ok(Vec::new());
        }
        let received = incoming.iter().map(|message| message.open()).collect::<Result<_, _>>()?;
        let outcomes = handler.take(conn, received).await?;
        if outcomes.len() != incoming.len() {
            return Err(HandleError::failed("the handler did not say what each message did"));
        }
        for outcome in [Outcome::Stale, Outcome::Ignored] {
            let of_it = incoming.iter().zip(&outcomes).filter(|(_, found)| **found == outcome);
            let ids: Vec<Uuid> = of_it.map(|(message, _)| message.delivery.id.uuid()).collect();
            if !ids.is_empty() {
                conclude(conn, self.durable, &ids, outcome.code()).await?;
            }
        }
        Ok(outcomes)
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
            let id = [incoming.delivery.id.uuid()];
            if !enter(conn, self.durable, &id, now).await?.is_empty() {
                conclude(conn, self.durable, &id, "dead").await?;
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

/// Records that this consumer has these messages; gives those it did not have before.
async fn enter(
    conn: &mut Conn,
    durable: &str,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> QueryResult<HashSet<Uuid>> {
    let row = |id: &Uuid| {
        (
            inbox::durable.eq(durable.to_owned()),
            inbox::message_id.eq(*id),
            inbox::outcome.eq("applied"),
            inbox::handled_at.eq(now),
        )
    };
    if let [id] = ids {
        // A single row is a statement that the connection keeps prepared.
        let added =
            diesel::insert_into(inbox::table).values(row(id)).on_conflict_do_nothing().execute(conn).await?;
        return Ok(if added == 1 { HashSet::from([*id]) } else { HashSet::new() });
    }
    // In one order, so that two processes that were given the same messages never wait for each other crosswise.
    let sorted: BTreeSet<&Uuid> = ids.iter().collect();
    let added: Vec<Uuid> = diesel::insert_into(inbox::table)
        .values(sorted.into_iter().map(row).collect::<Vec<_>>())
        .on_conflict_do_nothing()
        .returning(inbox::message_id)
        .get_results(conn)
        .await?;
    Ok(added.into_iter().collect())
}

pub(super) async fn conclude(
    conn: &mut Conn,
    durable: &str,
    ids: &[Uuid],
    outcome: &str,
) -> QueryResult<usize> {
    diesel::update(inbox::table.filter(inbox::durable.eq(durable)).filter(inbox::message_id.eq_any(ids)))
        .set(inbox::outcome.eq(outcome))
        .execute(conn)
        .await
}

impl Incoming {
    fn read(message: &jetstream::Message, durable: &str) -> Self {
        let info = message.info().ok();
        let header =
            |name: &str| message.headers.as_ref().and_then(|h| h.get(name)).map(|v| v.as_str().to_owned());
        let place = info.as_ref().map(|i| format!("{}:{}", i.stream, i.stream_sequence)).unwrap_or_default();
        let id = header("Nats-Msg-Id")
            .and_then(|text| text.parse().ok())
            // Not from a relay of ours: its place in the stream identifies it.
            .unwrap_or_else(|| Uuid::new_v5(&Uuid::NAMESPACE_OID, place.as_bytes()));
        let published = info.as_ref().and_then(|i| i64::try_from(i.published.unix_timestamp_nanos()).ok());
        let delivery = Delivery {
            id: MessageId::from_uuid(id),
            subject: message.subject.to_string(),
            published_at: published.map(DateTime::from_timestamp_nanos).unwrap_or_default(),
            attempt: info.map_or(1, |i| i.delivered.max(1)),
        };
        let (payload, traceparent) = (message.payload.to_vec(), header("traceparent"));
        Self { aggregate: header(AGGREGATE), ..Self::new(delivery, payload, traceparent, durable) }
    }

    /// A message with its span, which belongs to the trace that caused it.
    pub(super) fn new(
        delivery: Delivery,
        payload: Vec<u8>,
        traceparent: Option<String>,
        durable: &str,
    ) -> Self {
        let span = tracing::info_span!(
            "message",
            otel.kind = "consumer",
            messaging.system = "nats",
            messaging.destination.name = %delivery.subject,
            messaging.message.id = %delivery.id,
            messaging.consumer = durable,
        );
        if let Some(traceparent) = &traceparent {
            telemetry::propagation::set_parent(&span, traceparent);
        }
        Self { delivery, aggregate: None, payload, traceparent, span }
    }

    fn open<M: Subject>(&self) -> Result<Received<M>, HandleError> {
        let message =
            M::decode(self.payload.as_slice()).map_err(|e| HandleError::never(format!("unreadable: {e}")))?;
        Ok(Received { message, delivery: self.delivery.clone(), span: self.span.clone() })
    }
}
