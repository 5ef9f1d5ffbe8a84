//! Who watches whose parties. One reading a second for each night that somebody watches, however many do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use db::{Db, DbError};
use domain::clock::SharedClock;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::night::PartyList;

/// How often a watched night is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Streams that one process keeps open.
const MOST: usize = 100;

type Room = watch::Sender<Option<Arc<PartyList>>>;

/// The nights whose parties somebody watches. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Parties {
    rooms: Arc<Mutex<HashMap<Uuid, Room>>>,
}

impl Parties {
    /// Looks at what is watched, until the service stops.
    pub async fn run(self, db: Db, clock: SharedClock, shutdown: CancellationToken) {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
            for (event, room) in self.watched() {
                match read(&db, event, clock.now()).await {
                    Ok(Some(newest)) => publish(&room, newest),
                    Ok(None) => {}
                    Err(error) => tracing::info!(%error, "the pages of parties keep what they show for now"),
                }
            }
        }
    }

    /// A night's parties from now on, each time that they change; `None` where too many look already.
    pub(super) fn subscribe(&self, event: Uuid) -> Option<watch::Receiver<Option<Arc<PartyList>>>> {
        let mut rooms = self.rooms();
        if rooms.values().map(Room::receiver_count).sum::<usize>() >= MOST {
            return None;
        }
        let mut receiver = rooms.entry(event).or_insert_with(|| watch::Sender::new(None)).subscribe();
        receiver.mark_unchanged();
        Some(receiver)
    }

    /// What somebody still watches; the rest is forgotten.
    fn watched(&self) -> Vec<(Uuid, Room)> {
        let mut rooms = self.rooms();
        rooms.retain(|_, room| room.receiver_count() > 0);
        rooms.iter().map(|(event, room)| (*event, room.clone())).collect()
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<Uuid, Room>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A night's parties as they are now; `None` if the door knows of no such night.
pub(super) async fn read(
    db: &Db,
    event: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Arc<PartyList>>, DbError> {
    let mut conn = db.conn().await?;
    Ok(PartyList::read(&mut conn, event, now).await?.map(Arc::new))
}

fn publish(room: &Room, newest: Arc<PartyList>) {
    room.send_if_modified(|last| {
        let changed = last.as_ref().is_none_or(|last| *last != newest);
        if changed {
            *last = Some(newest);
        }
        changed
    });
}
