//! Compares events and tickets with marketing-admin and purchase, every minute and on demand.

use std::time::Duration;

use bus::digest::{Report, Source, reconcile};
use db::Db;
use messages::{Subject, marketing_admin::v1::EventChanged, purchase::v1::TicketChanged};
use tokio_util::sync::CancellationToken;

use super::owner::{OwnerError, RemoteOwner};

const EVERY: Duration = Duration::from_secs(60);

/// The projections with their owners.
#[derive(Debug, Clone)]
pub struct Projections {
    /// Our database.
    pub db: Db,
    /// Owner of events.
    pub marketing_admin: RemoteOwner,
    /// Owner of tickets.
    pub purchase: RemoteOwner,
}

impl Projections {
    /// Compares both; what is missing arrives as ordinary messages.
    pub async fn compare(&self) -> Vec<(&'static str, Result<Report, OwnerError>)> {
        let events = Source::held("SELECT id::text AS aggregate, revision FROM events");
        let tickets = Source::held("SELECT ticket_id::text AS aggregate, revision FROM admissions");
        let (club, sales) = (EventChanged::SUBJECT, TicketChanged::SUBJECT);
        vec![
            (club, reconcile(&self.db, club, &events, &self.marketing_admin).await),
            (sales, reconcile(&self.db, sales, &tickets, &self.purchase).await),
        ]
    }

    /// Compares until told to stop. An owner that is away is asked again at the next turn.
    pub async fn keep_whole(self, shutdown: CancellationToken) {
        let mut tick = tokio::time::interval(EVERY);
        // The first turn is immediate: a door that starts knows nothing of what it missed.
        while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
            for (subject, outcome) in self.compare().await {
                if let Err(error) = outcome {
                    tracing::info!(subject, %error, "could not compare with the owner");
                }
            }
        }
    }
}
