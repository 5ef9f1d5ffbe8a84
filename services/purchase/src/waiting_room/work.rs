//! The worker: tells the others who arrived here, moves the lines, and notes how far they are.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::waiting_room::{Line, Rule, Step, Switch};
use uuid::Uuid;

use super::{Room, lock, store};
use crate::{Shop, catalog};

/// Of arrivals a replica tells the others from this share of the limit on: so an ordinary sale writes nothing.
const WORTH_TELLING: i64 = 10;

/// Moves every line that is open or may have to open.
pub async fn work(shop: &Shop) -> Result<usize, DbError> {
    let rooms = &shop.rooms;
    let arrived = std::mem::take(&mut *lock(&rooms.arrived));
    let mut conn = shop.db.conn().await?;
    let kept = store::open(&mut conn).await?;
    drop(conn);
    let limit = i64::from(rooms.pace.opens_above);
    let many = |count: i64| limit > 0 && count * WORTH_TELLING >= limit;
    let busy = arrived.iter().filter(|(_, count)| many(**count)).map(|(event, _)| *event);
    let events: BTreeSet<Uuid> = kept.keys().copied().chain(busy).collect();
    let mut open = HashMap::new();
    for event in events {
        let count = arrived.get(&event).copied().unwrap_or(0);
        let Some((room, step)) = step(shop, event, count, shop.clock.now()).await? else { continue };
        note(shop, event, &room.line, step);
        if room.line.open_since.is_some() {
            open.insert(event, room);
        }
    }
    let waiting: i64 = open.values().map(|room| room.line.waiting()).sum();
    shop.metrics.waiting_rooms(open.len(), waiting);
    let mut known = lock(&rooms.open);
    // Numbers that were handed out here meanwhile are no news to forget.
    for (event, room) in &mut open {
        let here = known.get(event).map_or(0, |known| known.line.handed_out);
        room.line.handed_out = room.line.handed_out.max(here);
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
) -> Result<Option<(Room, Step)>, DbError> {
    shop.db
        .transaction(async |conn| {
            store::ensure(conn, event, now).await?;
            let Some((mut line, rule)) = store::lock(conn, event).await? else { return Ok(None) };
            let rule = lasting(conn, event, rule, now).await?;
            let pace = shop.rooms.pace.under(rule);
            let step = line.step(arrived, pace, rule.switch, now);
            store::write(conn, event, &line).await?;
            Ok::<_, DbError>(Some((Room { line, pace }, step)))
        })
        .await
}

/// What the desk says, as long as there is something to sell: nobody thinks of closing the room of a night that is over.
async fn lasting(conn: &mut Conn, event: Uuid, rule: Rule, now: DateTime<Utc>) -> Result<Rule, DbError> {
    if rule.switch != Switch::Open || catalog::store::is_sellable(conn, event, now).await? {
        return Ok(rule);
    }
    tracing::info!(%event, "the night is over: its waiting room is held open no longer");
    let rule = Rule { switch: Switch::Automatic, ..rule };
    store::rule(conn, event, rule).await?;
    Ok(rule)
}

pub(super) fn note(shop: &Shop, event: Uuid, line: &Line, step: Step) {
    shop.metrics.waiting_room_admitted(step.admitted);
    if step.opened {
        tracing::warn!(%event, "the waiting room is open: guests are let in one after the other");
    }
    if step.closed {
        tracing::info!(%event, places = line.handed_out, waiting = line.waiting(), "the waiting room is closed");
    }
}
