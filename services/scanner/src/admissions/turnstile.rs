//! Gathers the scans that arrive while the database is busy with the ones before, and records them together.
//!
//! A commit waits for the disk, and the count of people inside is one row per event. One commit per scan would make
//! every phone wait for all the others; one commit per batch makes them share both. Nobody is held back to fill a batch:
//! a scan that finds a free worker goes alone and at once.

use std::{collections::HashSet, sync::Arc};

use bus::Bus;
use db::{Db, DbError};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use web::{Context, Fault};

use super::record::{Recorded, ScanRow};
use super::store;
use crate::metrics;

/// Two: while one batch waits for the disk, the next is being worked out.
const WORKERS: usize = 2;
/// Scans that one statement takes at most.
const BATCH: usize = 32;
/// Scans that may wait. More than the phones of any club; beyond it the answer is 503 at once.
const QUEUE: usize = 512;
/// How often a batch that collided with another is tried.
const ATTEMPTS: u32 = 3;

/// Where scans queue.
#[derive(Debug, Clone)]
pub struct Turnstile {
    queue: mpsc::Sender<Waiting>,
}

struct Waiting {
    scan: ScanRow,
    answer: oneshot::Sender<Result<Recorded, Failed>>,
}

/// Why a scan has no answer. It may have been recorded all the same: the phone asks again with its nonce.
#[derive(Debug, Clone, thiserror::Error)]
enum Failed {
    #[error("the database is away: {0}")]
    Away(String),
    #[error("the scan could not be recorded: {0}")]
    Broken(String),
}

impl Turnstile {
    /// Starts the workers. They end when the service does; a door whose workers are gone must not look alive, so one that
    /// panics takes the service down with it.
    pub fn start(db: &Db, bus: &Bus, context: &Context) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..WORKERS {
            let worker = work(db.clone(), bus.clone(), waiting.clone(), context.shutdown.clone());
            context.spawn(worker);
        }
        Self { queue }
    }

    /// Records a scan and waits for what became of it.
    pub async fn record(&self, scan: ScanRow) -> Result<Recorded, Fault> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Waiting { scan, answer }).map_err(|_| Fault::unavailable())?;
        match answered.await {
            Ok(Ok(recorded)) => Ok(recorded),
            Ok(Err(failed @ Failed::Away(_))) => Err(Fault::unavailable().source(failed)),
            Ok(Err(failed @ Failed::Broken(_))) => Err(Fault::internal(failed)),
            Err(_) => Err(Fault::internal("the turnstile's worker is gone")),
        }
    }
}

async fn work(db: Db, bus: Bus, queue: Arc<Mutex<mpsc::Receiver<Waiting>>>, shutdown: CancellationToken) {
    let mut held_back = Vec::new();
    // Told to stop after the last request was answered: nobody is in the queue then. Cancelling loses nobody either, for
    // it waits only while it holds nobody.
    while let Some(Some(batch)) = shutdown.run_until_cancelled(next_batch(&queue, &mut held_back)).await {
        metrics::get().batch_size.record(batch.len() as u64, &[]);
        // A guest at the door does not stand in line with whoever looks at a list.
        db::urgently(serve(&db, batch)).await;
        // The rows are written without NOTIFY; other replicas' relays look by themselves.
        bus.wake_relay();
    }
}

/// What waits now, at least one scan. `None` when nobody will come any more.
///
/// A statement takes each (device, nonce) once: a repeat that came in the same moment is held back for the next batch.
async fn next_batch(
    queue: &Mutex<mpsc::Receiver<Waiting>>,
    held_back: &mut Vec<Waiting>,
) -> Option<Vec<Waiting>> {
    let mut arrived = std::mem::take(held_back);
    if arrived.is_empty() {
        let mut queue = queue.lock().await;
        arrived.push(queue.recv().await?);
        fill(&mut arrived, &mut queue);
    } else if let Ok(mut queue) = queue.try_lock() {
        // Whoever was held back does not wait for the other worker, who may hold the queue and wait for the next guest.
        fill(&mut arrived, &mut queue);
    }
    let mut seen = HashSet::new();
    let (batch, again) = arrived
        .into_iter()
        .partition(|waiting| seen.insert((waiting.scan.device, waiting.scan.nonce.clone())));
    *held_back = again;
    Some(batch)
}

fn fill(arrived: &mut Vec<Waiting>, queue: &mut mpsc::Receiver<Waiting>) {
    while arrived.len() < BATCH
        && let Ok(more) = queue.try_recv()
    {
        arrived.push(more);
    }
}

/// Records a batch. If the database refuses it as a whole, each scan is tried alone, so that one cannot spoil the others.
async fn serve(db: &Db, batch: Vec<Waiting>) {
    match record(db, &batch).await {
        Ok(recorded) => answer(batch, recorded),
        Err(error) if error.is_transient() || batch.len() == 1 => refuse(batch, &error),
        Err(error) => {
            tracing::error!(%error, scans = batch.len(), "a batch of scans was refused; trying them one by one");
            for waiting in batch {
                let alone = vec![waiting];
                match record(db, &alone).await {
                    Ok(recorded) => answer(alone, recorded),
                    Err(error) => refuse(alone, &error),
                }
            }
        }
    }
}

async fn record(db: &Db, batch: &[Waiting]) -> Result<Vec<Recorded>, DbError> {
    let scans: Vec<&ScanRow> = batch.iter().map(|waiting| &waiting.scan).collect();
    let mut attempt = 1;
    loop {
        match store::record(&mut *db.conn().await?, &scans).await {
            Err(DbError::Conflict(reason)) if attempt < ATTEMPTS => {
                tracing::info!(reason, attempt, "batches of scans collided");
                attempt += 1;
            }
            result => return result,
        }
    }
}

/// Whoever has gone meanwhile gets the answer when the phone asks again.
fn answer(batch: Vec<Waiting>, recorded: Vec<Recorded>) {
    let mut recorded: std::collections::HashMap<Uuid, Recorded> =
        recorded.into_iter().map(|recorded| (recorded.id, recorded)).collect();
    for waiting in batch {
        let result = recorded
            .remove(&waiting.scan.id)
            .ok_or_else(|| Failed::Broken("no answer to this scan".to_owned()));
        let _ = waiting.answer.send(result);
    }
}

fn refuse(batch: Vec<Waiting>, error: &DbError) {
    let failed = if error.is_transient() {
        Failed::Away(error.to_string())
    } else {
        Failed::Broken(error.to_string())
    };
    for waiting in batch {
        let _ = waiting.answer.send(Err(failed.clone()));
    }
}
