//! Load: many tasks that do one thing again and again, and how long each took.

use anyhow::Result;
use futures::future::try_join_all;
use std::{
    future::Future,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

/// How long each call of a run took.
#[derive(Debug, Clone)]
pub struct Latencies {
    sorted: Vec<Duration>,
    /// How long the whole run took.
    pub wall: Duration,
}

impl Latencies {
    /// Takes the durations of a run that lasted `wall`.
    pub fn new(mut each: Vec<Duration>, wall: Duration) -> Self {
        each.sort_unstable();
        Self { sorted: each, wall }
    }

    /// How many calls there were.
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The duration that `share` (0 to 1) of the calls did not exceed, in milliseconds; nearest rank.
    pub fn percentile_ms(&self, share: f64) -> f64 {
        let rank = ((self.sorted.len() as f64 * share).ceil() as usize).clamp(1, self.sorted.len().max(1));
        self.sorted.get(rank - 1).map_or(f64::NAN, |d| d.as_secs_f64() * 1000.0)
    }

    /// Calls per second over the whole run.
    pub fn per_second(&self) -> f64 {
        self.sorted.len() as f64 / self.wall.as_secs_f64()
    }
}

/// Calls `act(n)` for every n below `total`, `at_once` at a time, and times each. All of it runs on one thread: the
/// machine is shared with what is measured.
///
/// # Errors
/// The first that a call gives; the run ends with it.
pub async fn run<F: Future<Output = Result<()>>>(
    total: usize,
    at_once: usize,
    act: impl Fn(usize) -> F,
) -> Result<Latencies> {
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let workers = (0..at_once).map(|_| async {
        let mut each = Vec::with_capacity(total / at_once + 1);
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= total {
                return anyhow::Ok(each);
            }
            let begun = Instant::now();
            act(n).await?;
            each.push(begun.elapsed());
        }
    });
    let each = try_join_all(workers).await?.into_iter().flatten().collect();
    Ok(Latencies::new(each, started.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::{Latencies, run};
    use std::{cell::Cell, time::Duration};

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let run =
            Latencies::new((1..=100).rev().map(Duration::from_millis).collect(), Duration::from_secs(2));
        assert!((run.percentile_ms(0.5) - 50.0).abs() < 1e-9);
        assert!((run.percentile_ms(0.99) - 99.0).abs() < 1e-9);
        assert!((run.per_second() - 50.0).abs() < 1e-9);
    }

    #[tokio::test]
    async fn a_run_calls_as_often_as_asked_and_never_more_at_once() {
        let (now, most) = (Cell::new(0), Cell::new(0));
        let done = run(100, 7, |_| async {
            now.set(now.get() + 1);
            most.set(most.get().max(now.get()));
            tokio::task::yield_now().await;
            now.set(now.get() - 1);
            Ok(())
        })
        .await
        .expect("nothing fails");
        assert_eq!((done.count(), most.get()), (100, 7));
    }

    #[tokio::test]
    async fn the_first_error_ends_a_run() {
        let act = |n| async move { if n == 3 { anyhow::bail!("no") } else { Ok(()) } };
        assert!(run(10, 2, act).await.is_err());
    }
}
