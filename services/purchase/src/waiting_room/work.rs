//! The worker: tells the others who arrived here, moves the lines, and notes how far they are.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use db::DbError;
use domain::waiting_room::{Line, Step};
use uuid::Uuid;

use super::{lock, store};
use crate::Shop;

/// Of arrivals a replica tells the others from this share of the limit on: so an ordinary sale writes nothing.
const WORTH_TELLING: i64 = 10;

/// Moves every line that is open or may have to open.
pub async fn work(shop: &Shop) -> Result<usize, DbError> {
    let rooms = &shop.rooms;
    let arrived = std::mem::take(&mut *lock(&rooms.arrived));
    let mut conn = shop.db.conn().await?;
    let mut open = store::open(&mut conn).await?;
    drop(conn);
    let limit = i64::from(rooms.pace.opens_above);
    let many = |count: i64| limit > 0 && count * WORTH_TELLING >= limit;
    let busy = arrived.iter().filter(|(_, count)| many(**count)).map(|(event, _)| *event);
    let events: BTreeSet<Uuid> = open.keys().copied().chain(busy).collect();
    for event in events {
        let count = arrived.get(&event).copied().unwrap_or(0);
        let Some((line, step)) = step(shop, event, count, shop.clock.now()).await? else { continue };
        note(shop, event, &line, step);
        if line.open_since.is_some() {
            open.insert(event, line);
        } else {
            open.remove(&event);
        }
    }
    let waiting: i64 = open.values().map(|line| line.handed_out - line.admitted).sum();
    shop.metrics.waiting_rooms(open.len(), waiting);
    let mut known = lock(&rooms.open);
    // Numbers that were handed out here meanwhile are no news to forget.
    for (event, line) in &mut open {
        line.handed_out = line.handed_out.max(known.get(event).map_or(0, |known| known.handed_out));
    }
    *known = open;
    Ok(0)
}

/// One step of one line; `None` for a night that we do not know.
async fn step(
    shop: &Shop,
    event: Uuid,
    arrived: i64,
    now: DateTime<Utc>,
) -> Result<Option<(Line, Step)>, DbError> {
    let pace = shop.rooms.pace;
    shop.db
        .transaction(async |conn| {
            store::ensure(conn, event, now).await?;
            let Some(mut line) = store::lock(conn, event).await? else { return Ok(None) };
            let step = line.step(arrived, pace, now);
            store::write(conn, event, &line).await?;
            Ok::<_, DbError>(Some((line, step)))
        })
        .await
}

fn note(shop: &Shop, event: Uuid, line: &Line, step: Step) {
    shop.metrics.waiting_room_admitted(step.admitted);
    if step.opened {
        tracing::warn!(%event, "more guests arrive at checkout than are let in: the waiting room is open");
    }
    if step.closed {
        tracing::info!(%event, places = line.handed_out, "nobody waits any more: the waiting room is closed");
    }
}
