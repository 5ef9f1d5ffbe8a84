//! Waiting for a condition, never for a time.

use std::{future::Future, time::Duration};
use tokio::time::Instant;

/// Asks again until the answer is `Some`, at most for `limit`; panics with what was awaited.
///
/// # Panics
/// When the condition does not come true within `limit`.
pub async fn until<T, F: Future<Output = Option<T>>>(
    what: &str,
    limit: Duration,
    mut ask: impl FnMut() -> F,
) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited {limit:?} in vain: {what}");
        #[expect(clippy::disallowed_methods, reason = "the pause between two looks at a condition")]
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// How long what a person waits for may take before a test gives up. A person would call somebody sooner; a machine with two
/// cores, a browser and everything else to do may need it. What is promised within a time is measured by itself.
pub const PATIENCE: Duration = Duration::from_secs(90);
