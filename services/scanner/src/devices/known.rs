//! Every phone in memory, by the hash of its secret, so that a scan asks no database who it is.
//!
//! What changes here counts here at once, and in the siblings within seconds, as ended sessions do.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use db::{Db, DbError};
use domain::clock::SharedClock;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{secret::Hash, store};

/// How often the list is read anew.
const EVERY: Duration = Duration::from_secs(3);
/// Older than this it is not believed, and the request that needs it reads it first.
const TOO_OLD: Duration = Duration::from_secs(10);
/// A secret that nobody knows may have been made by a sibling just now; but who sends rubbish makes us look this often only.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// A phone as a request needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The gate it is bound to: tonight's of that name, where there is one.
    pub gate: Option<Uuid>,
    /// That gate's name.
    pub gate_name: Option<String>,
    /// Whether it was taken off.
    pub revoked: bool,
}

/// The list.
#[derive(Debug, Clone)]
pub struct Devices {
    db: Db,
    clock: SharedClock,
    known: Arc<Mutex<Known>>,
    /// One reads, the others wait for it: so a list that was read after a change never gives way to one from before.
    reading: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct Known {
    by_secret: HashMap<Hash, Arc<Device>>,
    read: Option<Instant>,
}

impl Devices {
    /// An empty list that is read when first needed.
    pub fn new(db: &Db, clock: &SharedClock) -> Self {
        Self { db: db.clone(), clock: clock.clone(), known: Arc::default(), reading: Arc::default() }
    }

    /// The phone with this secret, taken off or not; none if no phone has it.
    pub async fn of(&self, secret: &Hash) -> Result<Option<Arc<Device>>, DbError> {
        self.not_older_than(TOO_OLD).await?;
        if let Some(device) = self.find(secret) {
            return Ok(Some(device));
        }
        self.not_older_than(LOOK_AGAIN).await?;
        Ok(self.find(secret))
    }

    /// Reads the list every few seconds until told to stop.
    pub async fn keep_fresh(self, shutdown: CancellationToken) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
            if let Err(error) = self.read_now().await {
                tracing::warn!(%error, "the list of phones could not be read");
            }
        }
    }

    /// Takes in what was changed here.
    pub async fn read_now(&self) -> Result<(), DbError> {
        let _one = self.reading.lock().await;
        self.read().await
    }

    async fn not_older_than(&self, age: Duration) -> Result<(), DbError> {
        if self.is_older_than(age) {
            let _one = self.reading.lock().await;
            if self.is_older_than(age) {
                // Whose scan it is must be known before the scan is.
                db::urgently(self.read()).await?;
            }
        }
        Ok(())
    }

    async fn read(&self) -> Result<(), DbError> {
        let mut conn = self.db.conn().await?;
        let started = Instant::now();
        let by_secret = store::all(&mut conn, self.clock.now()).await?;
        *self.lock() = Known { by_secret, read: Some(started) };
        Ok(())
    }

    fn is_older_than(&self, age: Duration) -> bool {
        self.lock().read.is_none_or(|read| read.elapsed() >= age)
    }

    fn find(&self, secret: &Hash) -> Option<Arc<Device>> {
        self.lock().by_secret.get(secret).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
