//! Compares orders, refunds and scans with purchase and scanner, every minute and on demand.

use std::time::Duration;

use bus::digest::{Report, Source, reconcile};
use db::Db;
use messages::Subject;
use messages::purchase::v1::{OrderPaid, OrderRefunded};
use messages::scanner::v1::TicketScanned;
use tokio_util::sync::CancellationToken;

use super::owner::{OwnerError, RemoteOwner};

const EVERY: Duration = Duration::from_secs(60);

/// The read models with their owners.
#[derive(Debug, Clone)]
pub struct Projections {
    /// Our database.
    pub db: Db,
    /// Owner of orders.
    pub purchase: RemoteOwner,
    /// Owner of scans.
    pub scanner: RemoteOwner,
}

impl Projections {
    /// Compares all three; what is missing arrives as ordinary messages.
    pub async fn compare(&self) -> Vec<(&'static str, Result<Report, OwnerError>)> {
        let orders = Source::held("SELECT id::text AS aggregate, revision FROM orders");
        let refunds = Source::held("SELECT id::text AS aggregate, revision FROM order_refunds");
        let scans = Source::held("SELECT id::text AS aggregate, 1::bigint AS revision FROM scans");
        let (paid, refunded, scanned) = (OrderPaid::SUBJECT, OrderRefunded::SUBJECT, TicketScanned::SUBJECT);
        vec![
            (paid, reconcile(&self.db, paid, &orders, &self.purchase).await),
            (refunded, reconcile(&self.db, refunded, &refunds, &self.purchase).await),
            (scanned, reconcile(&self.db, scanned, &scans, &self.scanner).await),
        ]
    }

    /// Compares until told to stop. An owner that is away is asked again at the next turn.
    pub async fn keep_whole(self, shutdown: CancellationToken) {
        let mut tick = tokio::time::interval(EVERY);
        while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
            for (subject, outcome) in self.compare().await {
                if let Err(error) = outcome {
                    tracing::info!(subject, %error, "could not compare with the owner");
                }
            }
        }
    }
}
