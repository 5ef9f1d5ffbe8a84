//! Where the messages come from: the durable. Dead letters that somebody asked to replay are tried beside them.

use std::time::Duration;

use async_nats::jetstream::consumer::{self, pull};
use db::Db;
use domain::clock::SharedClock;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use messages::Subject;
use tokio_util::sync::CancellationToken;

use super::handle::Fate;
use super::work::{BatchHandler, Borrowed, Each, Handler, Takes, Whole};
use super::{Consumer, Outcome};
use crate::pause::pause;
use crate::{Bus, BusError, streams};

/// What [`Consumer::drain`] did, in deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drained {
    /// Took effect.
    pub applied: usize,
    /// Were older than what is held.
    pub stale: usize,
    /// Were of no concern.
    pub ignored: usize,
    /// Had been handled before.
    pub known: usize,
    /// Failed and came again.
    pub failed: usize,
    /// Became dead letters.
    pub dead: usize,
}

impl Drained {
    fn count(&mut self, fate: Fate) {
        *match fate {
            Fate::Done(Outcome::Applied) => &mut self.applied,
            Fate::Done(Outcome::Stale) => &mut self.stale,
            Fate::Done(Outcome::Ignored) => &mut self.ignored,
            Fate::Known => &mut self.known,
            Fate::Again(_) => &mut self.failed,
            Fate::Dead => &mut self.dead,
        } += 1;
    }
}

impl<M: Subject> Consumer<M> {
    /// Handles messages until shutdown, then finishes those begun. Never gives up: while NATS, the stream or PostgreSQL
    /// is away it waits.
    pub async fn run<H>(self, db: Db, bus: Bus, clock: SharedClock, shutdown: CancellationToken, handler: H)
    where
        for<'r> H: Handler<Borrowed<'r>, M, Fut: Send> + Send + Sync,
    {
        self.work(&db, &bus, &clock, &shutdown, &Each(handler)).await;
    }

    /// Like [`run`](Self::run), for a handler that takes all messages of a transaction at once.
    pub async fn run_batches<H>(
        self,
        db: Db,
        bus: Bus,
        clock: SharedClock,
        shutdown: CancellationToken,
        handler: H,
    ) where
        for<'r> H: BatchHandler<Borrowed<'r>, M, Fut: Send> + Send + Sync,
    {
        self.work(&db, &bus, &clock, &shutdown, &Whole(handler)).await;
    }

    async fn work(
        &self,
        db: &Db,
        bus: &Bus,
        clock: &SharedClock,
        shutdown: &CancellationToken,
        handler: &dyn Takes<M>,
    ) {
        tokio::join!(
            self.listen(db, bus, clock, shutdown, handler),
            // Also while NATS is away: these letters are in our own database.
            self.replays(db, clock, shutdown, handler),
        );
    }

    async fn listen(
        &self,
        db: &Db,
        bus: &Bus,
        clock: &SharedClock,
        shutdown: &CancellationToken,
        handler: &dyn Takes<M>,
    ) {
        let mut connections = bus.connections();
        let mut patience = Duration::from_millis(50);
        while !shutdown.is_cancelled() {
            connections.mark_unchanged();
            match self.session(db, bus, clock, shutdown, handler).await {
                Ok(()) => patience = Duration::from_millis(50),
                Err(error) => {
                    tracing::debug!(%error, durable = self.durable, "the consumer waits");
                    patience = (patience * 2).min(Duration::from_secs(1));
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                _ = connections.changed() => {}
                () = pause(patience) => {}
            }
        }
    }

    /// Pulls on one connection, until it is replaced by another or the durable is gone.
    async fn session(
        &self,
        db: &Db,
        bus: &Bus,
        clock: &SharedClock,
        shutdown: &CancellationToken,
        handler: &dyn Takes<M>,
    ) -> Result<(), BusError> {
        let mut connections = bus.connections();
        connections.mark_unchanged();
        let mut messages = self
            .ensure(bus)
            .await?
            .stream()
            .max_messages_per_batch(self.ahead())
            .heartbeat(Duration::from_secs(2))
            .expires(Duration::from_secs(10))
            .messages()
            .await
            .map_err(BusError::nats)?
            // What has arrived by now; nobody waits for a batch to fill.
            .ready_chunks(self.batch);
        let mut begun = FuturesUnordered::new();
        let ended = loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break Ok(()),
                // The server may have lost the durable: make sure of it.
                _ = connections.changed() => break Ok(()),
                Some(_) = begun.next(), if !begun.is_empty() => {}
                arrived = messages.next(), if begun.len() < self.concurrency => {
                    let Some(arrived) = arrived else { break Ok(()) };
                    let (mut messages, mut broken) = (Vec::with_capacity(arrived.len()), None);
                    for message in arrived {
                        match message {
                            Ok(message) => messages.push(message),
                            Err(error) => broken = Some(error),
                        }
                    }
                    begun.push(self.deliver(db, clock, messages, handler));
                    if let Some(error) = broken {
                        break Err(BusError::nats(error));
                    }
                }
            }
        };
        while begun.next().await.is_some() {}
        ended
    }

    /// Handles all there is, pauses between tries included, and returns what that was. For tests: nothing else may read
    /// this durable meanwhile.
    pub async fn drain<H>(
        &self,
        db: &Db,
        bus: &Bus,
        clock: &SharedClock,
        handler: H,
    ) -> Result<Drained, BusError>
    where
        for<'r> H: Handler<Borrowed<'r>, M, Fut: Send> + Send + Sync,
    {
        let handler = &Each(handler);
        let mut drained = Drained::default();
        let mut durable = self.ensure(bus).await?;
        loop {
            let mut arriving = durable
                .batch()
                .max_messages(256)
                .expires(Duration::from_millis(100))
                .messages()
                .await
                .map_err(BusError::nats)?
                .chunks(self.batch);
            while let Some(arrived) = arriving.next().await {
                let messages = arrived.into_iter().collect::<Result<_, _>>().map_err(BusError::nats)?;
                for fate in self.deliver(db, clock, messages, handler).await {
                    drained.count(fate);
                }
            }
            self.replay(db, clock, &CancellationToken::new(), handler).await;
            let info = durable.info().await.map_err(BusError::nats)?;
            if info.num_pending == 0 && info.num_ack_pending == 0 {
                return Ok(drained);
            }
        }
    }

    /// How many messages are asked for before those at hand are handled.
    fn ahead(&self) -> usize {
        self.concurrency * self.batch.max(2) * 2
    }

    async fn ensure(&self, bus: &Bus) -> Result<consumer::Consumer<pull::Config>, BusError> {
        if !bus.is_connected() {
            return Err(BusError::Nats("not connected".to_owned()));
        }
        // Room for messages that wait out their pause, so that poison does not hold up the others.
        let in_flight = i64::try_from(self.ahead()).unwrap_or(64) + 1000;
        streams::durable(bus, M::STREAM, self.durable, M::SUBJECT, self.ack_wait, in_flight).await
    }
}
