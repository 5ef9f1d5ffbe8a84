//! Forgets what old emails said.

use std::time::Duration;

use chrono::TimeDelta;
use db::{Db, DbError};
use domain::clock::SharedClock;
use tokio_util::sync::CancellationToken;

use crate::notifications::store;

/// How long after it was settled an email can be sent again.
pub const KEPT: TimeDelta = TimeDelta::days(30);
const EVERY: Duration = Duration::from_secs(3600);

/// Looks every hour until told to stop.
pub async fn run(db: Db, clock: SharedClock, shutdown: CancellationToken) {
    let mut tick = tokio::time::interval(EVERY);
    while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
        match pass(&db, &clock).await {
            Ok(0) => {}
            Ok(emails) => tracing::info!(emails, "forgot what old emails said"),
            Err(error) => tracing::warn!(%error, "old emails could not be cleared; again in an hour"),
        }
    }
}

/// Clears what is old enough; gives how many.
pub async fn pass(db: &Db, clock: &SharedClock) -> Result<usize, DbError> {
    store::clear(&mut *db.conn().await?, clock.now() - KEPT).await
}
