//! What every connection tells about its statements: how many, which were slow, which collided.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel_async::AsyncConnection;

use crate::Conn;
use crate::error::asks_for_retry;
use crate::pulse::Line;

tokio::task_local! {
    /// Set while a transaction runs: did PostgreSQL ask for it to be run again? The caller's error type can't tell.
    pub(crate) static COLLIDED: Cell<bool>;
    /// Set while a test counts the statements of one future.
    pub(crate) static COUNTED: Cell<u64>;
}

thread_local! {
    /// Whether the statement that this thread has heard of last was given up. An error of the driver's can't say so, and it is made
    /// into ours ([`crate::DbError`]) before anything else happens on the thread.
    static GIVEN_UP: Cell<bool> = const { Cell::new(false) };
}

/// Whether the error at hand is of a statement whose answer was waited for too long.
pub(crate) fn was_given_up() -> bool {
    GIVEN_UP.get()
}

/// The connection has another owner: what the last one waited for is nobody's business now.
pub(crate) fn handed_on(conn: &mut Conn) {
    if let Some(line) = line_of(conn) {
        line.handed_on();
    }
}

/// The connection's owner gives it back, and waits for nothing any more.
pub(crate) fn given_back(conn: &mut Conn) {
    if let Some(line) = line_of(conn) {
        line.answered();
    }
}

/// The connection's owner lets the server take so long for a statement.
pub(crate) fn wait_for(conn: &mut Conn, most: Duration) {
    if let Some(line) = line_of(conn) {
        line.wait_for(most);
    }
}

fn line_of(conn: &mut Conn) -> Option<&Line> {
    conn.instrumentation().downcast_ref::<Watch>()?.line.as_ref()
}

const SLOW: Duration = Duration::from_millis(500);

/// One connection's observer. diesel-async calls it inside the task that awaits the query.
pub(crate) struct Watch {
    statements: Arc<AtomicU64>,
    started: Option<Instant>,
    /// None of a tool's connection, which waits as long as it takes.
    line: Option<Line>,
}

impl Watch {
    pub(crate) fn new(statements: Arc<AtomicU64>, line: Option<Line>) -> Self {
        Self { statements, started: None, line }
    }

    fn finished(&mut self, sql: &dyn std::fmt::Display, error: Option<&diesel::result::Error>) {
        if error.is_some_and(asks_for_retry) {
            let _ = COLLIDED.try_with(|collided| collided.set(true));
        }
        let given_up = self.line.as_ref().is_some_and(|line| {
            match error {
                None => line.rows_may_follow(),
                Some(_) => line.answered(),
            }
            line.is_given_up()
        });
        GIVEN_UP.set(given_up && error.is_some());
        let Some(took) = self.started.take().map(|start| start.elapsed()) else { return };
        if took >= SLOW {
            tracing::warn!(
                took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                sql = without_binds(sql),
                "slow statement"
            );
        }
    }
}

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => {
                self.statements.fetch_add(1, Ordering::Relaxed);
                let _ = COUNTED.try_with(|count| count.set(count.get() + 1));
                self.started = Some(Instant::now());
                if let Some(line) = &self.line {
                    line.sent();
                }
            }
            InstrumentationEvent::FinishQuery { query, error, .. } => self.finished(&query, error),
            _ => {}
        }
    }
}

/// Binds hold names and addresses of people: they never reach a log.
fn without_binds(sql: &dyn std::fmt::Display) -> String {
    let text = sql.to_string();
    text.split(" -- binds").next().unwrap_or_default().to_owned()
}
