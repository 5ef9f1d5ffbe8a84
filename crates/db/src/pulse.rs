//! How long an answer is waited for on our side of the wire.
//!
//! PostgreSQL enforces the limits of [`crate::connect`] itself, as long as it runs. One that is frozen (its machine, its disk, a
//! signal) answers nothing, and its kernel still acknowledges all that we send: no limit of the server's and no time-out of TCP ends
//! that wait. So each connection of the pool has a watch beside it that hangs up once a statement has waited too long. What was
//! under way is then as unknown as with any connection that breaks: a `COMMIT` may have happened.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_postgres::tls::TlsStream;
use tokio_postgres::{Connection, Socket};

/// By how much our patience is longer than the server's: its own time-out is the better answer, for it says what became of the
/// statement.
pub(crate) const LONGER: Duration = Duration::from_secs(3);

/// What is waited for on a connection, known to whoever asks and to who may hang up.
#[derive(Debug)]
struct Pulse {
    /// Times are counted from here, in milliseconds.
    begun: Instant,
    /// From when on the statement that is under way, or its rows, are waited for; zero while none are.
    since: AtomicU64,
    /// How long an answer is waited for.
    patience: AtomicU64,
    /// Whether somebody has hung up.
    given_up: AtomicBool,
}

impl Pulse {
    fn now(&self) -> u64 {
        // Never zero.
        millis(self.begun.elapsed()) + 1
    }

    fn overdue(&self) -> Option<u64> {
        let since = self.since.load(Ordering::Relaxed);
        let waited = self.now().saturating_sub(since);
        (since != 0 && waited >= self.patience.load(Ordering::Relaxed)).then_some(since)
    }

    /// Comes back once a statement is overdue, at two looks in a row: on a machine that is out of breath the answer may be here and
    /// not yet read.
    async fn stops(&self, look: Duration) {
        let mut looks = tokio::time::interval(look);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut suspect = None;
        loop {
            looks.tick().await;
            let overdue = self.overdue();
            if overdue.is_some() && overdue == suspect {
                self.given_up.store(true, Ordering::Relaxed);
                return;
            }
            suspect = overdue;
        }
    }
}

/// The wire to the server, and its watch. Dropped, it hangs up.
#[derive(Debug)]
pub(crate) struct Line {
    pulse: Arc<Pulse>,
    usual: Duration,
    driver: JoinHandle<()>,
}

impl Line {
    /// Carries what the driver's client says and hears until one side hangs up, or an answer takes longer than `usual`.
    pub(crate) fn keep<S>(link: Connection<Socket, S>, usual: Duration) -> Self
    where
        S: TlsStream + Unpin + Send + 'static,
    {
        let pulse = Arc::new(Pulse {
            begun: Instant::now(),
            since: AtomicU64::new(0),
            patience: AtomicU64::new(millis(usual)),
            given_up: AtomicBool::new(false),
        });
        let driver = tokio::spawn(drive(link, pulse.clone(), usual / 8));
        Self { pulse, usual, driver }
    }

    /// A statement is sent.
    pub(crate) fn sent(&self) {
        self.pulse.since.store(self.pulse.now(), Ordering::Relaxed);
    }

    /// It is being answered, and its rows may still be on their way: they are waited for twice as long as an answer, for nobody
    /// tells us that the last of them is here. The next statement, or giving the connection back, ends that.
    pub(crate) fn rows_may_follow(&self) {
        self.pulse.since.store(self.pulse.now() + millis(self.usual), Ordering::Relaxed);
    }

    /// It was answered, or it never will be.
    pub(crate) fn answered(&self) {
        self.pulse.since.store(0, Ordering::Relaxed);
    }

    /// Somebody else has the connection now, who waits for nothing yet, and no longer than usual.
    pub(crate) fn handed_on(&self) {
        self.answered();
        self.pulse.patience.store(millis(self.usual), Ordering::Relaxed);
    }

    /// The server may take so long for a statement from now on.
    pub(crate) fn wait_for(&self, most: Duration) {
        self.pulse.patience.store(millis(self.usual.max(most + LONGER)), Ordering::Relaxed);
    }

    /// Whether an answer was waited for too long, so that nobody listens any more.
    pub(crate) fn is_given_up(&self) -> bool {
        self.pulse.given_up.load(Ordering::Relaxed)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

async fn drive<S>(mut link: Connection<Socket, S>, pulse: Arc<Pulse>, look: Duration)
where
    S: TlsStream + Unpin + Send + 'static,
{
    let talk = async move {
        let mut messages = futures::stream::poll_fn(move |cx| link.poll_message(cx));
        while let Some(message) = messages.next().await {
            if let Err(error) = message {
                tracing::debug!(%error, "a connection to PostgreSQL broke");
                return;
            }
        }
    };
    tokio::select! {
        // What has come counts before what is missed.
        biased;
        () = talk => {}
        () = pulse.stops(look) => {
            tracing::warn!("PostgreSQL does not answer, nor does it hang up: the connection is dropped");
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
