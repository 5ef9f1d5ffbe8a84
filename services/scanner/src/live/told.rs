//! `door.changed`: what the owner's dashboard and the box office know of a night's door beyond its scans. Said when something of it
//! changed: what was said last is a row of its own. Of a night with a limit it is also said, by [`keep_telling`], that people came or
//! left, and every two minutes that it is still so: whoever sells at the door believes no older word.
//!
//! Whoever changes the count of people inside by hand, the limit, a conflict or a device calls [`door_changed`] at the end of
//! their transaction. A phone that falls silent calls nobody: [`keep_telling`] looks every ten seconds.

use std::time::Duration;

use bus::outbox;
use chrono::{DateTime, Utc};
use db::{Conn, Db, DbError};
use domain::clock::SharedClock;
use messages::{
    millis,
    scanner::v1::{DoorChanged, ZoneInside},
};
use serde::Deserialize;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::store::states::{self, State};
use crate::door::occupancy::warn;

/// How often it is looked whether a phone fell silent.
const EVERY: Duration = Duration::from_secs(10);

/// Says how a night's door stands, if that is not what was said last; whether it was said. Call it last in the transaction of
/// the change: whoever tells of the same night waits until that one ends.
pub async fn door_changed(conn: &mut Conn, event: Uuid, now: DateTime<Utc>) -> Result<bool, DbError> {
    tell(conn, event, now, News { inside: true, again: false }).await
}

/// What is news beside a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct News {
    /// People who came in or left. Each scan tells the owner of them by itself.
    inside: bool,
    /// That it is still so.
    again: bool,
}

async fn tell(conn: &mut Conn, event: Uuid, now: DateTime<Utc>, news: News) -> Result<bool, DbError> {
    states::wait(conn, event).await?;
    let Some(state) = states::put(conn, event, now, news.inside, news.again).await? else {
        return Ok(false);
    };
    outbox::add(conn, &message(event, &state, now), now).await?;
    Ok(true)
}

fn message(event: Uuid, state: &State, now: DateTime<Utc>) -> DoorChanged {
    DoorChanged {
        event_id: event.to_string(),
        revision: state.revision,
        inside: state.inside,
        limit: state.limit_people,
        conflicts_open: state.conflicts_open,
        devices_seen: state.devices_seen,
        devices_silent: state.devices_silent,
        queue_length: state.queue_length,
        changed_at: millis(now),
        inside_revision: state.inside_revision,
        zones: zones(&state.zones),
    }
}

/// A zone as `door_states` keeps it.
#[derive(Deserialize)]
struct Zone {
    zone: Uuid,
    name: String,
    inside: i64,
    limit: i64,
}

fn zones(kept: &serde_json::Value) -> Vec<ZoneInside> {
    let kept: Vec<Zone> = Vec::deserialize(kept).unwrap_or_default();
    let said = kept.into_iter().map(|Zone { zone, name, inside, limit }| ZoneInside {
        zone_id: zone.to_string(),
        name,
        inside,
        limit,
        warn: warn(inside, Some(limit)).to_owned(),
    });
    said.collect()
}

/// Tells of phones that fell silent or came back, until the service stops. One replica does it at a time.
pub async fn keep_telling(db: Db, clock: SharedClock, shutdown: CancellationToken) {
    let mut tick = tokio::time::interval_at(Instant::now() + EVERY, EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
        match look_once(&db, clock.now()).await {
            Ok(0) => {}
            Ok(told) => tracing::info!(nights = told, "the owner is told how the door stands"),
            Err(error) => tracing::info!(%error, "could not look at the door's devices"),
        }
    }
}

/// Looks at every night that is on or was on within half a day, while phones may yet send what they hold; of how many something
/// was told. None while another replica looks.
pub async fn look_once(db: &Db, now: DateTime<Utc>) -> Result<usize, DbError> {
    db.transaction(async |conn| {
        if !states::turn(conn).await? {
            return Ok(0);
        }
        let mut told = 0;
        for night in states::due(conn, now).await? {
            let news = News { inside: night.limited, again: night.again };
            told += usize::from(tell(conn, night.id, now, news).await?);
        }
        Ok::<_, DbError>(told)
    })
    .await
}
