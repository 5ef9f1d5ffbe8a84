//! Figures as they change: one reader per process, any number of open dashboards.

use std::sync::Arc;
use std::time::Duration;

use db::{Db, DbError};
use domain::clock::SharedClock;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::reports::figures::{self, Figures};
use crate::reports::store::CHANNEL;

/// Dashboards are told at most this often: a rush must not make the database count all the time.
const AT_MOST_EVERY: Duration = Duration::from_millis(250);

/// The newest figures. Clones share them.
#[derive(Debug, Clone)]
pub struct Live {
    newest: watch::Sender<Option<Arc<Figures>>>,
}

impl Default for Live {
    fn default() -> Self {
        Self { newest: watch::Sender::new(None) }
    }
}

impl Live {
    /// The figures from now on, each time they have changed.
    pub fn subscribe(&self) -> watch::Receiver<Option<Arc<Figures>>> {
        let mut receiver = self.newest.subscribe();
        receiver.mark_unchanged();
        receiver
    }

    /// Waits for notifications of any replica and reads the figures anew, while somebody is looking.
    pub async fn run(self, db: Db, clock: SharedClock, shutdown: CancellationToken) {
        let mut listener = db.listen(CHANNEL);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = listener.next() => {}
            }
            listener.drain();
            if self.newest.receiver_count() > 0 {
                match read(&db, &clock).await {
                    Ok(figures) => self.publish(figures),
                    Err(error) => tracing::warn!(%error, "the dashboards keep their old figures for now"),
                }
            }
            // A pause that ends with the service; what changes meanwhile has notified us again.
            if tokio::time::timeout(AT_MOST_EVERY, shutdown.cancelled()).await.is_ok() {
                return;
            }
        }
    }

    fn publish(&self, figures: Figures) {
        self.newest.send_if_modified(|newest| {
            let changed = newest.as_deref() != Some(&figures);
            if changed {
                *newest = Some(Arc::new(figures));
            }
            changed
        });
    }
}

async fn read(db: &Db, clock: &SharedClock) -> Result<Figures, DbError> {
    let mut conn = db.conn().await?;
    figures::read(&mut conn, clock.now()).await
}
