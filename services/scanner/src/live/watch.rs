//! Who watches which night. One reading a second for each night that somebody watches, however many do; whoever acts on another
//! replica is seen as soon. A program that asks shares the same readings, and none is made anew within half a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use db::{Conn, Db, DbError};
use domain::clock::SharedClock;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::snapshot::{Read, Snapshot};
use super::store;
use super::tally::Tally;

/// How often a watched night is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A reading that is no older is good enough for whoever asks.
const FRESH: Duration = Duration::from_millis(500);
/// How long the number of tickets is believed: they are many, and few are sold while the doors are open.
const SOLD_FOR: Duration = Duration::from_secs(10);
/// After this a night is counted from scratch, and after so long without a reader it is forgotten.
const ANEW: Duration = Duration::from_secs(600);
/// Streams that one process keeps open.
const MOST: usize = 100;

type Room = watch::Sender<Option<Arc<Snapshot>>>;

/// The nights that somebody looks at. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Live {
    rooms: Arc<Mutex<HashMap<Uuid, Room>>>,
    /// One reads, the others wait for it.
    kept: Arc<tokio::sync::Mutex<HashMap<Uuid, Kept>>>,
}

/// What is kept of a night between two readings.
#[derive(Debug)]
struct Kept {
    tally: Tally,
    begun: Instant,
    sold: i64,
    sold_read: Instant,
    read: Instant,
    newest: Arc<Snapshot>,
}

impl Live {
    /// Looks at what is watched, until the service stops.
    pub async fn run(self, db: Db, clock: SharedClock, shutdown: CancellationToken) {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
            for (event, room) in self.watched() {
                match self.look(&db, event, clock.now(), Duration::ZERO).await {
                    Ok(Some(newest)) => publish(&room, newest),
                    Ok(None) => {}
                    Err(error) => tracing::info!(%error, "the live pages keep what they show for now"),
                }
            }
        }
    }

    /// A night as it is now; `None` if the door knows of no such night.
    pub async fn read(
        &self,
        db: &Db,
        event: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Snapshot>>, DbError> {
        self.look(db, event, now, FRESH).await
    }

    /// A night from now on, each time that it changes; `None` where too many look already.
    pub(super) fn subscribe(&self, event: Uuid) -> Option<watch::Receiver<Option<Arc<Snapshot>>>> {
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

    async fn look(
        &self,
        db: &Db,
        event: Uuid,
        now: DateTime<Utc>,
        fresh: Duration,
    ) -> Result<Option<Arc<Snapshot>>, DbError> {
        let mut all = self.kept.lock().await;
        all.retain(|_, kept| kept.read.elapsed() < ANEW);
        if let Some(kept) = all.get(&event).filter(|kept| kept.read.elapsed() < fresh) {
            return Ok(Some(kept.newest.clone()));
        }
        let before = all.remove(&event).filter(|kept| kept.begun.elapsed() < ANEW);
        let mut conn = db.conn().await?;
        let kept = read(&mut conn, event, before, now).await?;
        let newest = kept.as_ref().map(|kept| kept.newest.clone());
        if let Some(kept) = kept {
            all.insert(event, kept);
        }
        Ok(newest)
    }
}

async fn read(
    conn: &mut Conn,
    event: Uuid,
    before: Option<Kept>,
    now: DateTime<Utc>,
) -> Result<Option<Kept>, DbError> {
    let Some(house) = store::house(conn, event).await? else { return Ok(None) };
    let known = before.as_ref().map(|kept| (kept.sold, kept.sold_read));
    let (sold, sold_read) = match known.filter(|(_, read)| read.elapsed() < SOLD_FOR) {
        Some(known) => known,
        None => (store::sold(conn, event).await?, Instant::now()),
    };
    let (mut tally, begun) = before
        .map_or_else(|| (Tally::new(house.entry_from), Instant::now()), |kept| (kept.tally, kept.begun));
    let scans = store::scans_after(conn, event, tally.settled_to(), house.entry_from, now).await?;
    let zones = store::zones(conn, event).await?;
    let gates = store::gates(conn, event).await?;
    let devices = store::devices(conn).await?;
    let undone = store::undone(conn, event).await?;
    let conflicts = store::conflicts(conn, event).await?;
    // Last: what is counted as settled is not read again, and nothing after this can fail.
    let counts = tally.take(&scans, &undone);
    let read = Read { event, house, sold, zones, gates, counts, devices, conflicts };
    let newest = Arc::new(Snapshot::of(read, now));
    Ok(Some(Kept { tally, begun, sold, sold_read, read: Instant::now(), newest }))
}

fn publish(room: &Room, newest: Arc<Snapshot>) {
    room.send_if_modified(|last| {
        let changed = last.as_ref().is_none_or(|last| last.differs_from(&newest));
        if changed {
            *last = Some(newest);
        }
        changed
    });
}
