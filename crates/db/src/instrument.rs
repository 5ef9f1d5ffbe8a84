//! What every connection tells about its statements: how many, which were slow, which collided.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};

use crate::error::asks_for_retry;

tokio::task_local! {
    /// Set while a transaction runs: did PostgreSQL ask for it to be run again? The caller's error type can't tell.
    pub(crate) static COLLIDED: Cell<bool>;
    /// Set while a test counts the statements of one future.
    pub(crate) static COUNTED: Cell<u64>;
}

const SLOW: Duration = Duration::from_millis(500);

/// One connection's observer. diesel-async calls it inside the task that awaits the query.
pub(crate) struct Watch {
    statements: Arc<AtomicU64>,
    started: Option<Instant>,
}

impl Watch {
    pub(crate) fn new(statements: Arc<AtomicU64>) -> Self {
        Self { statements, started: None }
    }

    fn finished(&mut self, sql: &dyn std::fmt::Display, error: Option<&diesel::result::Error>) {
        if error.is_some_and(asks_for_retry) {
            let _ = COLLIDED.try_with(|collided| collided.set(true));
        }
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
