//! Learns which sessions marketing-admin ended: a suspension, a new password, another role.
//!
//! It is asked for all that still matter, each time: a list of a few, and no bookmark that could be wrong. While
//! marketing-admin is away the door goes on with what it knows.

use std::time::Duration;

use chrono::TimeDelta;
use db::DbError;
use domain::clock::SharedClock;
use tokio_util::sync::CancellationToken;
use web::session::LIFETIME;

use super::{Ended, Identity};

/// How often marketing-admin is asked: a scan of a session that it ended is refused from then on.
const EVERY: Duration = Duration::from_secs(5);
/// By when everything else is refused, too, and in every replica, while marketing-admin answers: [`EVERY`], and as old as a list of ended
/// sessions may be that is believed.
pub const WITHIN: Duration = Duration::from_secs(15);
/// Clocks differ.
const GRACE: TimeDelta = TimeDelta::minutes(5);

/// Why nothing was learned.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    /// Our own database.
    #[error(transparent)]
    Database(#[from] DbError),
    /// marketing-admin did not answer, or not what was asked.
    #[error("marketing-admin did not answer: {0}")]
    Silent(reqwest::Error),
}

/// Asks every few seconds until told to stop.
pub async fn keep_learning(
    identity: Identity,
    ended: Ended,
    clock: SharedClock,
    shutdown: CancellationToken,
) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
        if let Some(Err(error)) = shutdown.run_until_cancelled(learn(&identity, &ended, &clock)).await {
            tracing::info!(%error, "could not learn which sessions have ended");
        }
    }
}

/// Asks once; what is learned counts at once here, and within seconds in the siblings.
pub async fn learn(identity: &Identity, ended: &Ended, clock: &SharedClock) -> Result<usize, LearnError> {
    let since = clock.now() - LIFETIME - GRACE;
    let sessions =
        identity.ended_since(since).await.map_err(|error| LearnError::Silent(error.without_url()))?;
    ended.take_in(&sessions).await?;
    Ok(sessions.len())
}
