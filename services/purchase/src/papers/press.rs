//! Making files without making guests wait for pages: drawing costs tens of milliseconds of CPU, so it is done beside the
//! requests, a few at a time, and a crowd that asks for more waits in line for a while and is then told to come again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use documents::DocumentError;
use tokio::sync::Semaphore;
use web::Fault;

use crate::metrics::Metrics;

/// Files made at once. Each keeps one core busy; the rest of the machine sells.
const AT_ONCE: usize = 2;
/// How long a guest waits for a turn. The gateway gives up after 15 seconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes files, a few at a time.
#[derive(Debug, Clone)]
pub struct Press {
    turns: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

impl Press {
    /// A press that counts what it makes.
    pub fn new(metrics: &Arc<Metrics>) -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), metrics: metrics.clone() }
    }

    /// Makes one file on a thread of its own. `paper` is what it is called among the metrics.
    pub async fn make<Made: Send + 'static>(
        &self,
        paper: &'static str,
        work: impl FnOnce() -> Result<Made, DocumentError> + Send + 'static,
    ) -> Result<Made, Fault> {
        let begun = Instant::now();
        let done = |outcome| self.metrics.paper(paper, outcome, begun.elapsed());
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            done("too_many");
            return Err(Fault::unavailable());
        };
        // The turn goes with the work: a guest who leaves does not make room before the file is done.
        let made = tokio::task::spawn_blocking(move || {
            let made = work();
            drop(turn);
            made
        });
        match made.await {
            Ok(Ok(made)) => {
                done("made");
                Ok(made)
            }
            Ok(Err(error)) => {
                done("failed");
                Err(Fault::internal(error))
            }
            Err(panicked) => {
                done("failed");
                Err(Fault::internal(panicked))
            }
        }
    }
}
