//! Where a service's audit chain ends, told to another service that keeps it (`audit::witness`).

use std::time::Duration;

use actix_web::web::{Data, Json, Query};
use audit::witness::{self, Answer, Question};
use chrono::{DateTime, Utc};
use db::{Db, DbError};
use domain::clock::SharedClock;
use reqwest::Method;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use web::{Callers, Fault, Peer, ServiceCaller, peer};

use crate::Operated;

/// Who keeps heads of others, and the operator.
#[derive(Debug, Clone, Copy)]
pub struct Witnesses;
impl Callers for Witnesses {
    const NAMES: Option<&'static [&'static str]> = Some(&["marketing-admin", "purchase", "magueyctl"]);
}

/// Its place at every service.
const PATH: &str = "/internal/v1/audit/head";
/// Between two rounds; who did not answer is asked again in the next one.
const EVERY: Duration = Duration::from_secs(60);
/// Rounds until who has answered is asked again: an hour.
const REST: u32 = 59;

/// Nobody knows where a chain ends.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The service does not answer.
    #[error(transparent)]
    Away(#[from] reqwest::Error),
    /// Our own database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// `GET /internal/v1/audit/head?kept=`: where the chain ends, and whether a head of earlier stands in it.
pub async fn head<S: Operated>(
    service: Data<S>,
    _: ServiceCaller<Witnesses>,
    question: Query<Question>,
) -> Result<Json<Answer>, Fault> {
    let mut conn = service.db().conn().await?;
    Ok(Json(witness::answer(&mut conn, &question).await?))
}

/// Asks a service for its head and keeps it; whether its chain holds the one that was kept before.
pub async fn ask(db: &Db, peer: &Peer, now: DateTime<Utc>) -> Result<bool, WitnessError> {
    let mut conn = db.conn().await?;
    let question = Question { kept: witness::newest(&mut conn, peer.name()).await? };
    drop(conn);
    let answer: Answer = peer::answer(peer.call(Method::GET, PATH).query(&question)).await?;
    let mut conn = db.conn().await?;
    Ok(witness::take_in(&mut conn, peer.name(), &question, &answer, now).await?)
}

/// Asks these services once an hour until told to stop, on every replica: what two of them hear is kept once.
pub async fn keep(db: Db, peers: Vec<Peer>, clock: SharedClock, stop: CancellationToken) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut resting = vec![0_u32; peers.len()];
    while stop.run_until_cancelled(tick.tick()).await.is_some() {
        for (peer, rest) in peers.iter().zip(&mut resting) {
            if *rest > 0 {
                *rest -= 1;
                continue;
            }
            match stop.run_until_cancelled(ask(&db, peer, clock.now())).await {
                None => return,
                Some(Ok(_)) => *rest = REST,
                Some(Err(error)) => {
                    let service = peer.name();
                    tracing::warn!(service, %error, "where an audit log ends could not be asked; the next round tries again");
                }
            }
        }
    }
}
