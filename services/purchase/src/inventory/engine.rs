//! The task that serves the queue.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bus::Bus;
use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, Db, DbError};
use domain::clock::SharedClock;
use domain::ids::{AttemptId, OrderId, OrderLineId, TicketId};
use domain::order::{Channel, OrderReference};
use domain::statement;
use futures::future::BoxFuture;
use settings::crash;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;
use web::{ClientNetwork, Context};

use super::batch::BatchWrite;
use super::decide::{Decision, Granted};
use super::{HoldAnswer, HoldRequest, OpenLimits, PlacedOrder, counter};
use crate::crowds::Crowd;
use crate::metrics::Metrics;
use crate::orders::link::OrderLinks;
use crate::payments::ledger::{self, Source};
use crate::payments::{PaymentRequest, charge_lines};
use crate::reservations::approve::Approval;
use crate::tickets::Issuer;
use crate::{box_office, exchanges};

/// Requests that may wait. A full queue is answered "try again", which is kinder than a long silence.
const QUEUE: usize = 2048;
/// Requests served by one transaction.
const BATCH: usize = 256;

/// How long things last, and where guests come back to.
#[derive(Debug, Clone)]
pub struct HoldTerms {
    /// How long places are held for a guest who pays.
    pub hold: TimeDelta,
    /// How long the payment session lives at Stripe (which wants at least half an hour).
    pub session: TimeDelta,
    /// When the sweep first asks about an order nobody has paid.
    pub first_check: TimeDelta,
    /// How long one caller may take to reach Stripe.
    pub lease: TimeDelta,
    /// Makes the order's address.
    pub links: OrderLinks,
    /// How much may wait for payment at once.
    pub open: OpenLimits,
    /// What card statements begin with, as far as it is known.
    pub statement: Option<statement::Prefix>,
}

/// Why a request was not decided.
#[derive(Debug, thiserror::Error)]
pub enum Busy {
    /// Too many wait already, or the service is stopping.
    #[error("too many requests are waiting")]
    Full,
    /// The database refused or was away.
    #[error("the hold could not be written: {0}")]
    Failed(String),
}

struct Waiting {
    request: HoldRequest,
    answer: oneshot::Sender<Result<HoldAnswer, Busy>>,
}

/// The way into the engine. Clones share it.
#[derive(Clone)]
pub struct HoldQueue(mpsc::Sender<Waiting>);

impl std::fmt::Debug for HoldQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HoldQueue").field("free", &self.0.capacity()).finish()
    }
}

impl HoldQueue {
    /// Has one request decided. Dropping the future gives the request up while it still waits.
    pub async fn hold(&self, mut request: HoldRequest) -> Result<HoldAnswer, Busy> {
        // The engine works in a task of its own, whose span is nobody's.
        request.traceparent = telemetry::propagation::inject();
        let (answer, decided) = oneshot::channel();
        self.0.try_send(Waiting { request, answer }).map_err(|_| Busy::Full)?;
        decided.await.unwrap_or(Err(Busy::Full))
    }
}

/// What the engine works with.
#[derive(Debug)]
pub struct Till {
    /// The database.
    pub db: Db,
    /// Its relay is woken when tickets were issued.
    pub bus: Bus,
    /// The time.
    pub clock: SharedClock,
    /// How long things last.
    pub terms: HoldTerms,
    /// Issues the tickets of free orders.
    pub issuer: Issuer,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Free tickets that guests of a network may still have.
    pub gifts: Crowd<ClientNetwork>,
}

/// Starts the engine; it ends, with its queue served, when the context's `shutdown` is called.
pub fn start(till: Till, context: &Context) -> HoldQueue {
    let (sender, mut queue) = mpsc::channel(QUEUE);
    let shutdown = context.shutdown.clone();
    // A shop whose engine is gone must not look open: a panic in it takes the service down.
    context.spawn(async move {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                taken = queue.recv_many(&mut batch, BATCH) => if taken == 0 { return },
                () = shutdown.cancelled(), if !queue.is_closed() => queue.close(),
            }
            // Whoever has gone away in the meantime holds nothing.
            batch.retain(|waiting: &Waiting| !waiting.answer.is_closed());
            if !batch.is_empty() {
                till.serve(std::mem::take(&mut batch)).await;
            }
        }
    });
    HoldQueue(sender)
}

impl Till {
    /// Serves a batch; halves it where it fails, so that a request that can't be written fails alone.
    fn serve(&self, mut batch: Vec<Waiting>) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let requests: Vec<&HoldRequest> = batch.iter().map(|waiting| &waiting.request).collect();
            match self.decide_and_write(&requests).await {
                Ok(answers) => {
                    self.metrics.batch(batch.len(), &answers);
                    for (waiting, answer) in batch.into_iter().zip(answers) {
                        // A caller who left keeps the hold until it expires: nothing to do here.
                        let _ = waiting.answer.send(Ok(answer));
                    }
                }
                Err(error)
                    if batch.len() > 1 && !matches!(error, DbError::Unavailable(_) | DbError::Timeout(_)) =>
                {
                    tracing::warn!(%error, requests = batch.len(), "a batch of holds failed: halving it");
                    let second = batch.split_off(batch.len() / 2);
                    self.serve(batch).await;
                    self.serve(second).await;
                }
                Err(error) => {
                    tracing::error!(%error, requests = batch.len(), "holds could not be written");
                    for waiting in batch {
                        let _ = waiting.answer.send(Err(Busy::Failed(error.to_string())));
                    }
                }
            }
        })
    }

    async fn decide_and_write(&self, requests: &[&HoldRequest]) -> Result<Vec<HoldAnswer>, DbError> {
        let now = self.clock.now();
        let (answers, free) = self
            .db
            .transaction(async |conn| {
                let mut counter = counter::read(conn, requests, now).await?;
                counter.limits = self.terms.open;
                counter.gifts_left = self.gifts_left(requests, now);
                let mut answers = Vec::with_capacity(requests.len());
                let mut write = BatchWrite::default();
                for request in requests {
                    answers.push(match counter.decide(request, now) {
                        Decision::Take(granted) => {
                            let placed = self.place(request, *granted, now);
                            counter.remember(request, placed.id);
                            write.add(request, &placed, &self.terms);
                            HoldAnswer::Held(Box::new(placed))
                        }
                        Decision::Replay(order) => HoldAnswer::Replay(order),
                        Decision::KeyReused => HoldAnswer::KeyReused,
                        Decision::Refuse(refusal) => HoldAnswer::Refused(refusal),
                    });
                }
                Ok::<_, DbError>((answers, self.write(conn, &write, now).await?))
            })
            .await?;
        self.note_gifts(requests, &answers, now);
        crash::point("P2");
        if free.orders > 0 {
            crash::point("P7");
        }
        if free.tables || free.orders > 0 {
            self.bus.wake_relay();
        }
        if free.orders > 0 {
            self.metrics.sold_free(free.orders, free.tickets);
        }
        Ok(answers)
    }

    fn gifts_left(&self, requests: &[&HoldRequest], now: DateTime<Utc>) -> HashMap<ClientNetwork, i64> {
        let networks = requests.iter().filter_map(|request| request.gift_network());
        networks.map(|network| (network.clone(), self.gifts.left(&network, now))).collect()
    }

    /// What was given away counts once it stands, however often its transaction was tried.
    fn note_gifts(&self, requests: &[&HoldRequest], answers: &[HoldAnswer], now: DateTime<Utc>) {
        for (request, answer) in requests.iter().zip(answers) {
            if let (Some(network), HoldAnswer::Held(placed)) = (request.gift_network(), answer)
                && placed.quote.worth_minor() == 0
            {
                self.gifts.note(&network, placed.tickets(), now);
            }
        }
    }

    async fn write(&self, conn: &mut Conn, write: &BatchWrite, now: DateTime<Utc>) -> Result<Free, DbError> {
        if write.is_empty() {
            return Ok(Free::default());
        }
        write.send(conn, now).await?;
        crash::point("P1");
        let (free, tables) = (write.free(), write.has_tables());
        if free.is_empty() {
            return Ok(Free { tables, ..Free::default() });
        }
        let tickets = self.issuer.issue(conn, &free, now).await?;
        // What is paid by a credit alone has no payment that would be booked.
        for (order, lines) in write.paid_by_credit() {
            let (source, entries) = (Source::CreditSale(order.id), ledger::sale(lines));
            ledger::book(conn, source, order.key(), &order.currency, &entries, now).await?;
        }
        for paid in &free {
            Box::pin(exchanges::hand_over::hand_over(conn, paid.order, now)).await?;
        }
        for sale in write.at_desk() {
            box_office::record(conn, &sale, now).await?;
        }
        crash::point("P6");
        Ok(Free { orders: free.len(), tickets, tables })
    }

    fn place(&self, request: &HoldRequest, granted: Granted, now: DateTime<Utc>) -> PlacedOrder {
        let Granted { event: event_id, title, quote, stock, redeemed, spent, claimed, answers, table } =
            granted;
        let id = OrderId::generate();
        let reference = OrderReference::from_random(*Uuid::new_v4().as_bytes());
        let held_until = request.approval().map_or(now + self.terms.hold, Approval::until);
        let owed = !quote.total.is_zero() && request.desk.is_none();
        let attempt = owed.then(|| PaymentRequest {
            attempt: AttemptId::generate(),
            made_at: now,
            order: id,
            reference: reference.to_string(),
            email: request.buyer.email.clone(),
            statement: statement::suffix(self.terms.statement.as_ref(), &title),
            language: request.buyer.language,
            currency: quote.currency,
            lines: charge_lines(&quote, request.buyer.language),
            // A table that is held for longer is paid on one page.
            expires_at: whole_seconds(held_until.max(now + self.terms.session)),
            return_url: self.terms.links.url(id, &reference),
        });
        let of_promo = redeemed.as_ref().map(|redeemed| redeemed.promoter.clone());
        let of_list = || Some(request.guest()?.promoter.as_ref()?.name().to_owned());
        PlacedOrder {
            id,
            reference,
            promoter: of_promo.or_else(of_list).unwrap_or_default(),
            event_id,
            buyer: request.buyer.clone(),
            line_ids: quote.lines.iter().map(|_| OrderLineId::generate()).collect(),
            quote,
            stock,
            redeemed,
            spent,
            claimed,
            answers,
            table,
            channel: request.desk.as_ref().map_or(Channel::Online, |desk| desk.channel),
            exchanges: request.exchange.map(TicketId::uuid),
            placed_at: now,
            held_until,
            attempt,
        }
    }
}

/// What a batch gave away for nothing, and whether it booked tables, of which others are told.
#[derive(Default)]
struct Free {
    orders: usize,
    tickets: usize,
    tables: bool,
}

/// Stripe counts in seconds, and a repeat must say the same.
pub(crate) fn whole_seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp(), 0).unwrap_or(at)
}

/// How long a caller who was refused by a full queue should wait.
pub const RETRY_AFTER: Duration = Duration::from_secs(2);
