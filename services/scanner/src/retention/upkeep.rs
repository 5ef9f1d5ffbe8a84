//! What happens by itself as time passes: bans begin and run out, tickets are marked accordingly, and what has been kept long
//! enough is erased.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, DbError};
use domain::clock::SharedClock;
use tokio_util::sync::CancellationToken;

use super::store;
use crate::{admissions, bans, counter::store::id_checks, guests, incidents, metrics, photos};

/// How late a ban may begin to count, and how long after its time a photograph may still be there.
const EVERY: Duration = Duration::from_secs(30);
/// Rows of a kind that one round erases: a lock is never held for long. A round that erased so many is followed at once by another.
const MOST: i64 = 200;

/// What one round did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// Bans that began or ran out.
    pub turned: usize,
    /// Tickets whose mark changed.
    pub marked: usize,
    /// Photographs erased.
    pub photos: usize,
    /// Bans erased.
    pub bans: usize,
    /// Incidents erased.
    pub incidents: usize,
    /// Dates of birth erased.
    pub births: usize,
    /// Checks of documents erased.
    pub id_checks: usize,
    /// Tickets whose guests were forgotten, as they asked.
    pub forgotten: usize,
}

impl Done {
    fn is_all(self) -> bool {
        [self.photos, self.bans, self.incidents, self.id_checks, self.births]
            .into_iter()
            .all(|erased| i64::try_from(erased).is_ok_and(|n| n < MOST))
            && i64::try_from(self.forgotten).is_ok_and(|n| n < guests::forget::MOST)
    }
}

/// Looks after it until told to stop, on every replica; they take turns.
pub async fn keep(db: Db, clock: SharedClock, shutdown: CancellationToken) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
        match round(&db, clock.now()).await {
            Ok(Some(done)) if !done.is_all() => tick.reset_immediately(),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "bans, incidents and photographs could not be looked after"),
        }
    }
}

/// One round; `None` if another replica is at it.
pub async fn round(db: &Db, now: DateTime<Utc>) -> Result<Option<Done>, DbError> {
    let done = db
        .transaction(async |conn| {
            if !store::my_turn(conn).await? {
                return Ok(None);
            }
            let settings = store::settings(conn).await?;
            let ago = |days: i16| now - TimeDelta::days(days.into());
            Ok::<_, DbError>(Some(Done {
                turned: bans::store::follow_the_clock(conn, now).await?,
                marked: bans::store::all_flags(conn).await?,
                photos: photos::store::erase(conn, ago(settings.photo_days), MOST).await?,
                bans: bans::store::erase(conn, ago(settings.ban_days), MOST).await?,
                incidents: incidents::store::erase(conn, ago(settings.incident_days), MOST).await?,
                births: admissions::store::forget_births(conn, now, MOST).await?,
                id_checks: id_checks::erase(conn, ago(settings.incident_days), MOST).await?,
                forgotten: guests::forget::round(conn, now).await?,
            }))
        })
        .await?;
    let Some(done) = done else { return Ok(None) };
    metrics::get().erased("photo", done.photos);
    metrics::get().erased("ban", done.bans);
    metrics::get().erased("incident", done.incidents);
    metrics::get().erased("id_check", done.id_checks);
    metrics::get().erased("birth_date", done.births);
    metrics::get().erased("guest", done.forgotten);
    if done != Done::default() {
        tracing::info!(?done, "bans, incidents and photographs looked after");
    }
    Ok(Some(done))
}
