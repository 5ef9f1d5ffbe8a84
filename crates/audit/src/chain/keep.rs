//! The task that links rows, walks the chain once an hour, and tells where it ends to the log and the metrics: both leave the
//! machine, so that its end is known outside of the database.

use std::sync::LazyLock;
use std::time::Duration;

use db::{Db, DbError, DbSettings};
use opentelemetry::metrics::Gauge;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::seal::{head, server_millis};
use super::{Head, check, latest, seal};

/// How long a row may be without a link.
const EVERY: Duration = Duration::from_secs(1);
/// Rounds between two words about the head.
const ROUNDS: u32 = 60;
/// What was found, told one by one up to here.
const TOLD: usize = 20;

struct Metrics {
    links: Gauge<i64>,
    sealed: Gauge<i64>,
    faults: Gauge<i64>,
}

static METRICS: LazyLock<Metrics> = LazyLock::new(|| {
    let meter = telemetry::meter();
    Metrics {
        links: meter.i64_gauge("maguey_audit_links").with_description("Links of the audit chain").build(),
        sealed: meter
            .i64_gauge("maguey_audit_sealed_timestamp_seconds")
            .with_description("When all rows of the audit log had their link last")
            .build(),
        faults: meter
            .i64_gauge("maguey_audit_chain_faults")
            .with_description("Rows and links that the last walk found altered, missing or unlinked")
            .build(),
    }
});

/// A connection of the chain's own: nothing that guests or staff wait for.
pub fn pool(settings: &DbSettings) -> Result<Db, DbError> {
    Db::connect(&DbSettings { max_connections: 1, reserved: 0, ..settings.clone() })
}

/// Links rows until told to stop, on every replica; they take turns.
pub async fn keep(db: Db, shutdown: CancellationToken) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut round, mut told) = (0u32, None);
    while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
        if let Err(error) = turn(&db, round.is_multiple_of(ROUNDS), &mut told).await {
            tracing::warn!(%error, "the audit log could not be linked; the next round tries again");
        }
        round = round.wrapping_add(1);
    }
}

async fn turn(db: &Db, tells: bool, told: &mut Option<Head>) -> Result<(), DbError> {
    while seal(db).await? > 0 {}
    let mut conn = db.conn().await?;
    let now = server_millis(&mut conn).await? / 1000;
    METRICS.sealed.record(i64::try_from(now).unwrap_or(i64::MAX), &[]);
    if !tells {
        return Ok(());
    }
    let head = head(&mut conn).await?;
    if let Some(head) = head.as_ref().filter(|head| told.as_ref() != Some(*head)) {
        tracing::info!(%head, "the audit log is linked up to here");
        METRICS.links.record(head.seq, &[]);
    }
    *told = head;
    if let Some(verdict) = check::hourly(&mut conn).await? {
        for finding in verdict.findings.iter().take(TOLD) {
            tracing::error!(%finding, "the audit log is not as it was written");
        }
    }
    let faults = latest(&mut conn).await?.map_or(0, |check| check.faults);
    METRICS.faults.record(faults, &[]);
    Ok(())
}
