//! What is forgotten by itself, and erased again where a restore brought it back: at the start and every few minutes.

use std::time::Duration;

use db::Db;
use domain::clock::SharedClock;
use tokio_util::sync::CancellationToken;
use web::Fault;

use crate::identity::{activity, erase, limits, links, phone, providers, session};

const EVERY: Duration = Duration::from_secs(600);

/// What a pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Allowances that were whole again.
    pub allowances: usize,
    /// Trips to providers and codes by SMS that were over, and what waited in links that nobody used.
    pub unused: usize,
    /// Acts older than a year.
    pub acts: usize,
    /// Farewells whose recipient was forgotten.
    pub farewells: usize,
    /// Messages of erased accounts that were forgotten once NATS had them.
    pub messages: usize,
    /// Links and sessions that were over for a month.
    pub over: usize,
    /// Accounts that a restore had brought back.
    pub erased: usize,
}

/// Looks now and every ten minutes until told to stop.
pub async fn run(db: Db, clock: SharedClock, shutdown: CancellationToken) {
    let mut tick = tokio::time::interval(EVERY);
    while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
        match pass(&db, &clock).await {
            Ok(done) if done == Done::default() => {}
            Ok(done) => tracing::info!(?done, "kept the accounts"),
            Err(error) => {
                tracing::warn!(%error, "the accounts could not be looked after; again in ten minutes")
            }
        }
    }
}

/// Looks once.
pub async fn pass(db: &Db, clock: &SharedClock) -> Result<Done, Fault> {
    let now = clock.now();
    // First, and by itself: nothing else may keep somebody from staying forgotten.
    let erased = erase::again(db, now).await?;
    let mut conn = db.conn().await?;
    Ok(Done {
        erased,
        messages: erase::store::forget_late_messages(&mut conn).await?,
        farewells: erase::store::forget_farewells(&mut conn).await?,
        allowances: limits::store::clear(&mut conn, now).await?,
        over: links::clear(&mut conn, now - links::KEPT).await?
            + session::store::clear(&mut conn, now - links::KEPT).await?,
        unused: providers::store::clear(&mut conn, now).await?
            + phone::store::clear(&mut conn, now).await?
            + links::empty(&mut conn, now).await?,
        acts: activity::clear(&mut conn, now - activity::KEPT).await?,
    })
}
