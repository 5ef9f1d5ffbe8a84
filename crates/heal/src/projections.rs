//! A service's projections, compared with their owners.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Json;
use audit::Actor;
use bus::digest::{Report, Source, reconcile};
use chrono::{DateTime, Utc};
use db::Db;
use messages::Subject;
use serde_json::json;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use web::Fault;

use crate::owner::{OwnerError, RemoteOwner};

const EVERY: Duration = Duration::from_secs(60);
/// Of the whole time, comparisons take no more than one part in this many: they read whole tables, which grow.
const SHARE: u32 = 20;

/// What each comparison found, by subject.
pub type Reports = BTreeMap<&'static str, Report>;

/// What a service holds of another's subject.
#[derive(Debug)]
pub struct Projection {
    subject: &'static str,
    held: Source,
    owner: RemoteOwner,
}

impl Projection {
    /// What is held of `M`: a constant query with the columns `aggregate` (text) and `revision` (bigint).
    pub fn of<M: Subject>(held: &'static str, owner: &RemoteOwner) -> Self {
        Self { subject: M::SUBJECT, held: Source::held(held), owner: owner.clone() }
    }
}

/// All that a service holds of others' subjects.
#[derive(Debug, Clone)]
pub struct Projections {
    db: Db,
    all: Arc<[Projection]>,
}

impl Projections {
    /// These, in this database.
    pub fn new(db: &Db, all: impl Into<Arc<[Projection]>>) -> Self {
        Self { db: db.clone(), all: all.into() }
    }

    /// Compares each with its owner; what is missing arrives as ordinary messages.
    pub async fn compare(&self) -> Vec<(&'static str, Result<Report, OwnerError>)> {
        let mut outcomes = Vec::with_capacity(self.all.len());
        for one in self.all.iter() {
            outcomes.push((one.subject, reconcile(&self.db, one.subject, &one.held, &one.owner).await));
        }
        outcomes
    }

    /// Answers `POST /internal/v1/reconcile`: compares now. Who asked is on record, whatever the owners answer.
    pub async fn report(&self, actor: &Actor, now: DateTime<Utc>) -> Result<Json<Reports>, Fault> {
        let subjects: Vec<&str> = self.all.iter().map(|one| one.subject).collect();
        let detail = json!({"subjects": subjects});
        let mut conn = self.db.conn().await?;
        audit::record(&mut conn, actor, "projections.compared", "all", detail, now).await?;
        drop(conn);
        let mut reports = Reports::new();
        for (subject, outcome) in self.compare().await {
            let report = outcome.map_err(|error| Fault::unavailable().source(error))?;
            reports.insert(subject, report);
        }
        Ok(Json(reports))
    }

    /// Compares at once (a service that starts knows nothing of what it missed) and then each minute, until told to stop; more
    /// seldom where that takes more than three seconds. An owner that is away is asked again at the next turn.
    pub async fn keep_whole(self, shutdown: CancellationToken) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
            let begun = Instant::now();
            // A comparison reads whole tables: it does not hold up a shutdown.
            let Some(outcomes) = shutdown.run_until_cancelled(self.compare()).await else { return };
            let took = begun.elapsed();
            if took * SHARE > EVERY {
                tick.reset_after(took * SHARE);
            }
            for (subject, outcome) in outcomes {
                if let Err(error) = outcome {
                    tracing::info!(subject, %error, "could not compare with the owner");
                }
            }
        }
    }
}
