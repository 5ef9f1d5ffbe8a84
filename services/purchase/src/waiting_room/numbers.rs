//! Numbers for those who join a line, in the order in which they came: all who ask while a statement is under way share the next.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use db::DbError;
use tokio::sync::oneshot;
use uuid::Uuid;
use web::{ClientAddress, Fault};

use super::places::Place;
use super::{lock, store};
use crate::Shop;

/// More than this are asked to come again in a moment.
const MOST: usize = 10_000;

/// Somebody who wants a number.
#[derive(Debug)]
pub struct Asked {
    event: Uuid,
    answer: oneshot::Sender<i64>,
}

/// A place at the end of the line before a night.
pub async fn take(shop: &Shop, event: Uuid, from: &ClientAddress) -> Result<Place, Fault> {
    shop.rooms.newcomers.welcome(from, shop.clock.now())?;
    let (answer, number) = oneshot::channel();
    {
        let mut asked = lock(&shop.rooms.asked);
        if asked.len() >= MOST {
            return Err(Fault::unavailable());
        }
        asked.push(Asked { event, answer });
    }
    shop.rooms.bell.notify_one();
    let number = number.await.map_err(|_| Fault::unavailable())?;
    Ok(Place::new(number, shop.clock.now()))
}

/// Hands out numbers to all who wait for one; says to how many.
pub async fn work(shop: &Shop) -> Result<usize, DbError> {
    let asked = std::mem::take(&mut *lock(&shop.rooms.asked));
    let count = asked.len();
    let mut by_event: BTreeMap<Uuid, Vec<oneshot::Sender<i64>>> = BTreeMap::new();
    for one in asked {
        by_event.entry(one.event).or_default().push(one.answer);
    }
    for (event, answers) in by_event {
        hand_out(shop, event, answers, shop.clock.now()).await?;
    }
    Ok(count)
}

/// Who is not answered, because this failed, hears so at once: the other end of the channel is gone.
async fn hand_out(
    shop: &Shop,
    event: Uuid,
    answers: Vec<oneshot::Sender<i64>>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let many = i64::try_from(answers.len()).unwrap_or(i64::MAX);
    let mut conn = shop.db.conn().await?;
    let last = store::hand_out(&mut conn, event, many, now).await?;
    drop(conn);
    if let Some(room) = lock(&shop.rooms.open).get_mut(&event) {
        room.line.handed_out = room.line.handed_out.max(last);
    }
    for (number, answer) in (last - many + 1..).zip(answers) {
        // Who has gone meanwhile leaves a number that nobody has.
        let _ = answer.send(number);
    }
    Ok(())
}
