//! Dead letters that somebody asked to have handled again.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use db::{Conn, Db};
use domain::clock::SharedClock;
use domain::ids::MessageId;
use messages::Subject;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::handle::{Incoming, conclude};
use super::work::Takes;
use super::{Consumer, Delivery, HandleError};
use crate::dead_letters::replay::{self, Asked};

/// How often a consumer looks whether somebody asked for a dead letter to be replayed.
const REPLAYS: Duration = Duration::from_secs(1);

impl<M: Subject> Consumer<M> {
    /// Tries the dead letters that somebody asks for, until `stop`: beside the messages, which do not wait for them.
    pub(super) async fn replays(
        &self,
        db: &Db,
        clock: &SharedClock,
        stop: &CancellationToken,
        handler: &dyn Takes<M>,
    ) {
        let mut look = tokio::time::interval(REPLAYS);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(look.tick()).await.is_some() {
            self.replay(db, clock, stop, handler).await;
        }
    }

    /// Tries the dead letters that somebody asked for, one after the other.
    pub(super) async fn replay(
        &self,
        db: &Db,
        clock: &SharedClock,
        stop: &CancellationToken,
        handler: &dyn Takes<M>,
    ) {
        while !stop.is_cancelled() {
            let tried = AtomicI64::new(0);
            match self.revive(db, clock, handler, &tried).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(HandleError::Database(error)) if error.is_transient() => {
                    tracing::debug!(%error, "dead letters wait for the database");
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, durable = self.durable, "a dead letter failed again");
                    if replay::still_dead(db, tried.load(Ordering::Relaxed), &error.to_string())
                        .await
                        .is_err()
                    {
                        return;
                    }
                }
            }
        }
    }

    /// Tries one letter; false if there is none. `tried` tells which it was, also when it fails.
    async fn revive(
        &self,
        db: &Db,
        clock: &SharedClock,
        handler: &dyn Takes<M>,
        tried: &AtomicI64,
    ) -> Result<bool, HandleError> {
        db.transaction(async |conn: &mut Conn| {
            let Some(letter) = replay::next(conn, self.durable).await? else { return Ok(false) };
            tried.store(letter.id, Ordering::Relaxed);
            let id = letter.id;
            let incoming = letter.incoming(self.durable);
            conclude(conn, self.durable, &[incoming.delivery.id.uuid()], "applied").await?;
            self.apply(conn, &[&incoming], handler).await?;
            replay::revived(conn, id, clock.now()).await?;
            Ok(true)
        })
        .await
    }
}

impl Asked {
    fn incoming(self, durable: &str) -> Incoming {
        let delivery = Delivery {
            id: MessageId::from_uuid(self.message_id),
            subject: self.subject,
            published_at: self.published_at,
            attempt: self.attempts + 1,
        };
        Incoming::new(delivery, self.payload, self.traceparent, durable)
    }
}
