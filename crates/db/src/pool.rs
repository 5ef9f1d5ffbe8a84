//! The pool: connections that wait no longer than the service is patient.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use diesel_async::pooled_connection::deadpool::{Object, Pool, PoolError};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use futures::FutureExt;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::connect::{self, Limits};
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
}

/// A connection that requests cannot use up: a service whose pool is busy is busy, not away, and must not be taken out of
/// service when it is needed most.
struct Probe {
    pool: Pool<Conn>,
    /// When the database last answered.
    answered: Mutex<Option<Instant>>,
}

/// A connection of the pool, returned to it on drop. One that was dropped inside a transaction is thrown away.
pub struct Connection(Object<Conn>);

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
        Ok(Self { pool, probe: Arc::new(probe), settings: settings.clone(), statements })
    }

    /// A connection, waited for no longer than the settings' patience.
    pub async fn conn(&self) -> Result<Connection, DbError> {
        let mut conn = Connection(self.pool.get().await?);
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
        let mut conn = self.probe.pool.get().await?;
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
        PoolStatus { size: status.size, idle: status.available, waiting: status.waiting }
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

fn pool(settings: &DbSettings, most: usize, statements: &Arc<AtomicU64>) -> Result<Pool<Conn>, DbError> {
    let mut config = ManagerConfig::default();
    let (counter, limits) = (statements.clone(), Limits::Request { answer: settings.answer });
    config.custom_setup = Box::new(move |url| connect::open(url, limits, counter.clone()).boxed());
    // Dead connections are seen and replaced without a ping before each use.
    config.recycling_method = RecyclingMethod::Fast;
    let manager = AsyncDieselConnectionManager::new_with_config(settings.url.expose(), config);
    Pool::builder(manager)
        .max_size(most)
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
        &self.0
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
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
