//! Which sessions have been ended, kept in memory so that a request need not ask the database.
//!
//! A sign-out counts at once in the process that took it and within seconds in its siblings. Scans do not rely on it:
//! `record_scans` looks the session up within its own statement.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use db::{Db, DbError};
use domain::{clock::SharedClock, ids::SessionId};
use futures::future::BoxFuture;
use internal_api::marketing_admin::sessions::EndedSession;
use tokio_util::sync::CancellationToken;
use web::{EndedSessions, Fault, Standing, session::Claims};

use super::store;

/// How often the list is read anew.
const EVERY: Duration = Duration::from_secs(3);
/// Older than this it is not believed, and the request that needs it reads it first.
const TOO_OLD: Duration = Duration::from_secs(10);
/// Tokens are accepted for a moment after their end, because clocks differ.
const GRACE: TimeDelta = TimeDelta::minutes(5);

/// The list.
#[derive(Debug, Clone)]
pub struct Ended {
    db: Db,
    clock: SharedClock,
    known: Arc<Mutex<Known>>,
    /// One reads, the others wait for it.
    reading: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct Known {
    sessions: HashMap<SessionId, Standing>,
    read: Option<Instant>,
}

impl Ended {
    /// An empty list that is read when first needed.
    pub fn new(db: &Db, clock: &SharedClock) -> Self {
        Self { db: db.clone(), clock: clock.clone(), known: Arc::default(), reading: Arc::default() }
    }

    /// Adds a session that was ended here.
    pub fn remember(&self, session: SessionId) {
        self.lock().sessions.insert(session, Standing::Ended);
    }

    /// Adds sessions that somebody else ended: the desk, or who took the phone off on which they were opened.
    pub fn remember_revoked(&self, sessions: &[SessionId]) {
        self.lock().sessions.extend(sessions.iter().map(|session| (*session, Standing::Revoked)));
    }

    /// Adds sessions that the desk has ended, here and in the database, where the siblings find them.
    pub async fn take_in(&self, sessions: &[EndedSession]) -> Result<(), DbError> {
        let fresh: Vec<&EndedSession> = {
            let known = self.lock();
            let is_new =
                |ended: &&EndedSession| !known.sessions.contains_key(&SessionId::from_uuid(ended.session));
            sessions.iter().filter(is_new).collect()
        };
        if fresh.is_empty() {
            return Ok(());
        }
        let mut conn = self.db.conn().await?;
        for ended in fresh {
            let session = SessionId::from_uuid(ended.session);
            store::revoke(&mut conn, session, ended.ended_at, ended.expires_at).await?;
            self.remember_revoked(&[session]);
        }
        Ok(())
    }

    /// Reads the list every few seconds until told to stop.
    pub async fn keep_fresh(self, shutdown: CancellationToken) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
            if let Err(error) = self.read().await {
                tracing::warn!(%error, "the ended sessions could not be read");
            }
        }
    }

    async fn read(&self) -> Result<(), DbError> {
        let now = self.clock.now() - GRACE;
        let mut conn = self.db.conn().await?;
        let started = Instant::now();
        let sessions = store::all(&mut conn, now).await?;
        store::forget(&mut conn, now).await?;
        let mut known = self.lock();
        // One that was ended here while the list was being read must not be forgotten again.
        known.sessions.extend(sessions);
        known.read = Some(started);
        Ok(())
    }

    async fn check(&self, session: SessionId) -> Result<Standing, Fault> {
        if !self.is_fresh() {
            let _one = self.reading.lock().await;
            if !self.is_fresh() {
                // Whose scan it is must be known before the scan is.
                db::urgently(self.read()).await?;
            }
        }
        Ok(self.lock().sessions.get(&session).copied().unwrap_or(Standing::Live))
    }

    fn is_fresh(&self) -> bool {
        self.lock().read.is_some_and(|read| read.elapsed() < TOO_OLD)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EndedSessions for Ended {
    fn standing<'a>(&'a self, claims: &'a Claims) -> BoxFuture<'a, Result<Standing, Fault>> {
        Box::pin(self.check(claims.sid))
    }
}
