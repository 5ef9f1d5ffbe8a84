//! Waiting for a condition, looked at so often that the looking does not blur what is timed.

use anyhow::{Result, bail};
use std::{future::Future, time::Duration};
use tokio::time::Instant;

const LIMIT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(2);

/// Asks again, every two milliseconds, until the answer is `Some`.
///
/// # Errors
/// When it is not within half a minute.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, ask: impl FnMut() -> F) -> Result<T> {
    until_every(PAUSE, what, ask).await
}

/// The same, more seldom: many may wait at once, and their looking is load too.
///
/// # Errors
/// When it is not within half a minute.
pub async fn until_every<T, F: Future<Output = Option<T>>>(
    between: Duration,
    what: &str,
    mut ask: impl FnMut() -> F,
) -> Result<T> {
    let deadline = Instant::now() + LIMIT;
    while Instant::now() < deadline {
        if let Some(answer) = ask().await {
            return Ok(answer);
        }
        pause(between).await;
    }
    bail!("waited {} s in vain: {what}", LIMIT.as_secs())
}

/// Lets a time go by.
#[expect(clippy::disallowed_methods, reason = "the pause between two looks, or between two samples")]
pub async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}
