//! Reminds whoever booked a table of it the day before.

use std::time::Duration;

use db::{Db, DbError};
use domain::clock::SharedClock;
use tokio_util::sync::CancellationToken;

use super::{mail, store};

const EVERY: Duration = Duration::from_secs(60);

/// Looks every minute until told to stop.
pub async fn run(db: Db, clock: SharedClock, shutdown: CancellationToken) {
    let mut tick = tokio::time::interval(EVERY);
    while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
        match pass(&db, &clock).await {
            Ok(0) => {}
            Ok(reservations) => tracing::info!(reservations, "reminded of tables"),
            Err(error) => tracing::warn!(%error, "reminders of tables wait a minute"),
        }
    }
}

/// Writes the reminders that are due; gives how many.
pub async fn pass(db: &Db, clock: &SharedClock) -> Result<usize, DbError> {
    let now = clock.now();
    db.transaction(async |conn| {
        let due = store::to_remind(conn, now).await?;
        for row in &due {
            mail::remind(conn, row, now).await?;
        }
        Ok::<_, DbError>(due.len())
    })
    .await
}
