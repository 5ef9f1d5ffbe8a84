//! From the outbox to NATS, at least once, and again if NATS loses it.
//!
//! Any number of replicas relay one outbox: each takes rows that no other holds. A row is sent when the stream has
//! acknowledged it, and stays sent only as long as the stream still is what it was then: see [`verify`].

mod park;
mod publish;
mod retention;
mod verify;

use std::time::Duration;

use db::Db;
use domain::clock::SharedClock;
use messages::Stream;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::metrics::{METRICS, label};
use crate::pause::pause;
use crate::{Bus, BusError, outbox};

/// The relay looks at the outbox this often even if nobody woke it.
const POLL: Duration = Duration::from_secs(1);
/// It asks after the stream this often even if the connection stood all the time: an operator may delete one.
const VERIFY: Duration = Duration::from_secs(30);
/// How old what the metrics say may be.
const MEASURE: Duration = Duration::from_secs(5);
/// The header that says what a message tells about.
pub(crate) const AGGREGATE: &str = "Maguey-Aggregate";
const RETENTION: Duration = Duration::from_secs(3600);

/// Sends the outbox of `stream`'s owner until shutdown. Never gives up: while NATS or PostgreSQL is away it waits.
pub async fn run(db: Db, bus: Bus, stream: Stream, clock: SharedClock, shutdown: CancellationToken) {
    run_gathering(db, bus, stream, clock, Duration::ZERO, shutdown).await;
}

/// The same, which waits for `gather` after it was woken: what is written in the meantime is read, sent, acknowledged and marked
/// together, and reaches the readers together. For messages that come one by one in a crowd and that nobody waits for.
pub async fn run_gathering(
    db: Db,
    bus: Bus,
    stream: Stream,
    clock: SharedClock,
    gather: Duration,
    shutdown: CancellationToken,
) {
    let mut listener = db.listen(&format!("{}_outbox", stream.owner));
    let mut relay = Relay::new(db, bus, stream, clock);
    let mut patience = Duration::from_millis(100);
    let mut cleaned: Option<Instant> = None;
    let mut measured: Option<Instant> = None;
    while !shutdown.is_cancelled() {
        // Also while nothing can be sent and while there is no pause between messages: that is when somebody looks.
        if measured.is_none_or(|at| at.elapsed() >= MEASURE) {
            measured = Some(Instant::now());
            relay.gauge().await;
        }
        match relay.pass().await {
            // A full batch: there may be more.
            Ok(moved) if moved == publish::BATCH => continue,
            Ok(_) => patience = Duration::from_millis(100),
            Err(error) => {
                relay.complain(&error);
                relay.recover(patience, &shutdown).await;
                patience = (patience * 2).min(Duration::from_secs(2));
                continue;
            }
        }
        if cleaned.is_none_or(|at| at.elapsed() >= RETENTION) {
            cleaned = Some(Instant::now());
            relay.clean().await;
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            _ = listener.next() => shutdown.run_until_cancelled(pause(gather)).await.unwrap_or_default(),
            () = relay.bus.woken() => shutdown.run_until_cancelled(pause(gather)).await.unwrap_or_default(),
            _ = relay.connections.changed() => {}
            () = pause(POLL) => {}
        }
        listener.drain();
    }
}

/// Sends all that waits and returns how many messages that were, parked ones included. For tests and for an operator's command.
pub async fn drain(db: &Db, bus: &Bus, stream: Stream, clock: &SharedClock) -> Result<usize, BusError> {
    let mut relay = Relay::new(db.clone(), bus.clone(), stream, clock.clone());
    let mut sent = 0;
    loop {
        match relay.pass().await? {
            0 => return Ok(sent),
            some => sent += some,
        }
    }
}

struct Relay {
    db: Db,
    bus: Bus,
    stream: Stream,
    clock: SharedClock,
    connections: tokio::sync::watch::Receiver<u64>,
    /// The connection on which the stream was verified, and when.
    verified: Option<(u64, Instant)>,
    /// The highest sequence this process has seen. A stream only counts upwards.
    last_sequence: i64,
    complained: bool,
}

impl Relay {
    fn new(db: Db, bus: Bus, stream: Stream, clock: SharedClock) -> Self {
        let connections = bus.connections();
        Self { db, bus, stream, clock, connections, verified: None, last_sequence: 0, complained: false }
    }

    /// One batch. Nothing is published on a connection on which the stream has not been verified.
    async fn pass(&mut self) -> Result<usize, BusError> {
        if !self.bus.is_connected() {
            return Err(BusError::Nats("not connected".to_owned()));
        }
        let connection = *self.connections.borrow_and_update();
        if self.verified.is_none_or(|(on, at)| on != connection || at.elapsed() >= VERIFY) {
            park::replay(&self.db, self.stream, self.clock.now()).await?;
            self.last_sequence = verify::verify(&self.db, &self.bus, self.stream, &self.clock).await?;
            self.verified = Some((connection, Instant::now()));
        }
        let batch =
            publish::batch(&self.db, &self.bus, self.stream, &self.clock).await.inspect_err(|_| {
                self.verified = None;
            })?;
        if let Some(lowest) = batch.lowest_new().filter(|lowest| *lowest <= self.last_sequence) {
            // The stream was rolled back after we verified it and before we published.
            verify::rewind(&self.db, self.stream, lowest, &batch).await?;
        }
        if let Some(highest) = batch.highest() {
            self.last_sequence = highest;
        }
        self.complained = false;
        match batch.failure {
            Some(error) => {
                self.verified = None;
                Err(error)
            }
            None => Ok(batch.acked.len() + batch.parked),
        }
    }

    /// Waits for a moment, shorter if NATS comes back.
    async fn recover(&mut self, length: Duration, shutdown: &CancellationToken) {
        tokio::select! {
            () = shutdown.cancelled() => {}
            _ = self.connections.changed() => {}
            () = pause(length) => {}
        }
    }

    /// Says once, not every second, that messages wait.
    fn complain(&mut self, error: &BusError) {
        if self.complained {
            tracing::debug!(%error, stream = self.stream.name, "the relay waits");
        } else {
            tracing::warn!(%error, stream = self.stream.name, "the relay waits; messages stay in the outbox");
        }
        self.complained = true;
    }

    async fn gauge(&self) {
        // Before we ask for a connection: how busy the pool is without us.
        METRICS.pool_waiting.record(self.db.status().waiting as u64, &[]);
        let stream = label("stream", self.stream.name);
        let looked = async {
            let mut conn = self.db.conn().await?;
            let backlog = outbox::backlog(&mut conn).await?;
            Ok::<_, db::DbError>((backlog, crate::dead_letters::open(&mut conn).await?))
        };
        if let Ok(((waiting, oldest), letters)) = looked.await {
            let age = oldest.map_or(0, |oldest| (self.clock.now() - oldest).num_milliseconds().max(0));
            METRICS.waiting.record(u64::try_from(waiting).unwrap_or(0), &stream);
            METRICS.oldest.record(age as f64 / 1000.0, &stream);
            METRICS.open_letters.record(u64::try_from(letters).unwrap_or(0), &[]);
        }
    }

    async fn clean(&self) {
        if let Err(error) = retention::clean(&self.db, self.clock.now()).await {
            tracing::warn!(%error, "old messages could not be cleared");
        }
    }
}
