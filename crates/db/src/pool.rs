//! The pool: connections that wait no longer than the service is patient.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use diesel_async::pooled_connection::deadpool::{Object, Pool, PoolError};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use futures::FutureExt;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::connect::{self, Limits};
use crate::urgent;
use crate::{Conn, DbError, DbSettings, Listener, Owner, instrument, migrations};

/// How long a database that has answered is taken to be there. Many may ask at once: probes of every kind, of every node.
const FRESH: Duration = Duration::from_secs(1);

/// The database, as a pool of connections. Clones share the pool.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Conn>,
    probe: Arc<Probe>,
    settings: DbSettings,
    statements: Arc<AtomicU64>,
    /// What ordinary work may use; none: all of it.
    ordinary: Option<Ordinary>,
}

/// Connections that ordinary work may hold at once. It waits here and not at the pool, so that what is urgent never waits behind it.
#[derive(Clone)]
struct Ordinary {
    free: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

/// A connection that requests cannot use up: a service whose pool is busy is busy, not away, and must not be taken out of
/// service when it is needed most.
struct Probe {
    pool: Pool<Conn>,
    /// When the database last answered.
    answered: Mutex<Option<Instant>>,
}

/// A connection of the pool, returned to it on drop. One that was dropped inside a transaction is thrown away.
pub struct Connection {
    conn: Object<Conn>,
    /// Given back with the connection, after it.
    _permit: Option<OwnedSemaphorePermit>,
}

/// How busy the pool is.
#[derive(Debug, Clone, Copy)]
pub struct PoolStatus {
    /// Connections that exist.
    pub size: usize,
    /// Those that nobody uses.
    pub idle: usize,
    /// Callers that wait for one.
    pub waiting: usize,
}

impl Db {
    /// Makes the pool. It connects when first used, so this succeeds while the database is away;
    /// only settings that cannot be right are an error.
    pub fn connect(settings: &DbSettings) -> Result<Self, DbError> {
        let statements = Arc::new(AtomicU64::new(0));
        let probe = Probe { pool: pool(settings, 1, &statements)?, answered: Mutex::default() };
        let pool = pool(settings, settings.max_connections, &statements)?;
        let shared = settings.max_connections.saturating_sub(settings.reserved);
        let ordinary = (settings.reserved > 0).then(|| Ordinary::of(shared.max(1)));
        Ok(Self { pool, probe: Arc::new(probe), settings: settings.clone(), statements, ordinary })
    }

    /// A connection, waited for no longer than the settings' patience; those that are kept for what is urgent only inside of
    /// [`urgently`](crate::urgently).
    pub async fn conn(&self) -> Result<Connection, DbError> {
        let permit = match &self.ordinary {
            Some(ordinary) if !urgent::is() => Some(ordinary.take(self.settings.patience).await?),
            _ => None,
        };
        let mut conn = Connection { conn: self.pool.get().await?, _permit: permit };
        instrument::handed_on(&mut conn);
        Ok(conn)
    }

    /// Whether the database answers and has all migrations of the role that this pool connects as. Asked on a connection of
    /// its own, and not again within a second of a good answer; who asks meanwhile waits for the one who does.
    pub async fn ready(&self) -> Result<(), DbError> {
        let mut answered = self.probe.answered.lock().await;
        if answered.is_some_and(|at| at.elapsed() < FRESH) {
            return Ok(());
        }
        let mut conn = Connection { conn: self.probe.pool.get().await?, _permit: None };
        instrument::handed_on(&mut conn);
        migrations::check(&mut conn).await?;
        *answered = Some(Instant::now());
        Ok(())
    }

    /// Wakes whenever somebody notifies `channel`, on a connection of its own that is re-made when it breaks.
    pub fn listen(&self, channel: &str) -> Listener {
        Listener::start(self.settings.url.clone(), channel)
    }

    /// Statements sent since the pool was made (`BEGIN` and `COMMIT` are statements): each is a round trip.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// How busy the pool is.
    pub fn status(&self) -> PoolStatus {
        let status = self.pool.status();
        let ordinary = self.ordinary.as_ref().map_or(0, |ordinary| ordinary.waiting.load(Ordering::Relaxed));
        PoolStatus { size: status.size, idle: status.available, waiting: status.waiting + ordinary }
    }

    /// The role in the URL, if it is one of ours.
    pub fn owner(&self) -> Option<Owner> {
        connect::parsed(self.settings.url.expose()).ok()?.get_user()?.parse().ok()
    }

    /// Closes all connections; later calls of [`Db::conn`] fail.
    pub fn close(&self) {
        self.pool.close();
        self.probe.pool.close();
    }
}

impl Ordinary {
    fn of(connections: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(connections)), waiting: Arc::default() }
    }

    async fn take(&self, patience: Duration) -> Result<OwnedSemaphorePermit, DbError> {
        if let Ok(permit) = self.free.clone().try_acquire_owned() {
            return Ok(permit);
        }
        let _waits = Waits::one(&self.waiting);
        match tokio::time::timeout(patience, self.free.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            // Nobody closes it.
            Ok(Err(_)) | Err(_) => {
                Err(DbError::Timeout("all connections for ordinary work are in use".to_owned()))
            }
        }
    }
}

/// Somebody who waits, counted for as long as that lasts.
struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn one(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn pool(settings: &DbSettings, most: usize, statements: &Arc<AtomicU64>) -> Result<Pool<Conn>, DbError> {
    let mut config = ManagerConfig::default();
    let (counter, limits) = (statements.clone(), Limits::Request { answer: settings.answer });
    config.custom_setup = Box::new(move |url| connect::open(url, limits, counter.clone()).boxed());
    // Dead connections are seen and replaced without a ping before each use.
    config.recycling_method = RecyclingMethod::Fast;
    let manager = AsyncDieselConnectionManager::new_with_config(settings.url.expose(), config);
    Pool::builder(manager)
        .max_size(most)
        // The one given back last goes first: its session has plans and catalogue at hand and warm. In turn, each statement meets the
        // coldest of all, and a scan's costs a quarter more.
        .queue_mode(deadpool::managed::QueueMode::Lifo)
        .wait_timeout(Some(settings.patience))
        .create_timeout(Some(settings.patience))
        .recycle_timeout(Some(settings.patience))
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .map_err(|e| DbError::Unavailable(e.to_string()))
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("status", &self.status()).finish_non_exhaustive()
    }
}

impl Deref for Connection {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        instrument::given_back(&mut self.conn);
    }
}

impl From<PoolError> for DbError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Timeout(deadpool::managed::TimeoutType::Wait) => {
                Self::Timeout("all connections of the pool are in use".to_owned())
            }
            other => Self::Unavailable(other.to_string()),
        }
    }
}
