//! `GET /e/{slug}/tables/live`: which tables are free while somebody looks at the plan, as server-sent events.
//!
//! One task per process looks at each night that somebody watches, three times a second with one query, and wakes the listeners only if
//! something is another than before: a thousand listeners cost the database what one costs. Whoever comes hears of every table, and then
//! of those that changed. The id of a message is the print of all that was shown: who comes back with it, or with the one that its page was
//! written with, is told nothing that it knows.
//!
//! Listeners take the same places as those of the night's page ([`crate::catalog::live`]).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, Responder};
use futures::stream;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use web::sse::{self, Message};
use web::{ClientAddress, Fault};

use super::floor::{Floor, Look, TableState};
use super::page;
use crate::Shop;
use crate::catalog::live::Seat;

/// How often a watched night is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// The longest that is kept of what a page says that it shows, in bytes: more than a print has.
const LONGEST: usize = 160;

/// What the page says of itself.
#[derive(Debug, Default, Deserialize)]
pub struct LiveQuery {
    /// An access code that was given before.
    #[serde(default)]
    code: String,
    /// The print of what the page shows.
    #[serde(default)]
    seen: String,
}

/// Tells a plan what changes on it.
pub async fn listen(
    shop: Data<Shop>,
    slug: Path<String>,
    query: Query<LiveQuery>,
    from: ClientAddress,
    request: HttpRequest,
) -> Result<impl Responder, Fault> {
    let LiveQuery { code, seen } = query.into_inner();
    let night = page::night_for(&shop, &slug, &code, &from).await?;
    let look = shop.floor.see(night.id).await?.ok_or_else(Fault::not_found)?;
    let seat = shop.live.seat(&from)?;
    let last = request.headers().get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let listener = Listener {
        news: shop.floor.rooms.enter(night.id, look),
        seen: Some(last.unwrap_or(seen)).filter(|seen| seen.len() <= LONGEST).unwrap_or_default(),
        last: None,
        over: false,
        _seat: seat,
    };
    Ok(sse::stream(stream::unfold(listener, Listener::next)))
}

/// Looks at what is watched, until the service stops.
pub(crate) async fn run(shop: Arc<Shop>, stop: CancellationToken) {
    let mut clock = tokio::time::interval(LOOK_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = clock.tick() => {}
        }
        shop.floor.look_around().await;
        shop.metrics.floor_plan_streams(shop.floor.rooms.listeners());
    }
}

impl Floor {
    pub(super) async fn look_around(&self) {
        for (event, room) in self.rooms.watched() {
            match self.see(event).await {
                Ok(look) => publish(&room, look),
                Err(error) => tracing::info!(%error, "open plans keep what they show for now"),
            }
        }
    }
}

/// A night as it was last looked at; `None`: nothing of it can be booked any more.
pub(super) type News = Option<Arc<Look>>;
type Room = watch::Sender<News>;

/// The nights whose plans somebody watches.
#[derive(Debug, Default)]
pub(super) struct Rooms(Mutex<HashMap<Uuid, Room>>);

impl Rooms {
    /// Whoever comes finds what was seen last, or what they have just seen themselves.
    pub(super) fn enter(&self, event: Uuid, look: Arc<Look>) -> watch::Receiver<News> {
        let mut rooms = open(&self.0);
        let room = rooms.entry(event).or_insert_with(|| watch::Sender::new(None));
        // Booking may have been closed a moment ago, and be open again.
        room.send_if_modified(|last| {
            let none = last.is_none();
            if none {
                *last = Some(look);
            }
            none
        });
        room.subscribe()
    }

    /// How many look at a plan.
    fn listeners(&self) -> usize {
        open(&self.0).values().map(watch::Sender::receiver_count).sum()
    }

    /// What somebody still watches; the rest is forgotten.
    fn watched(&self) -> Vec<(Uuid, Room)> {
        let mut rooms = open(&self.0);
        rooms.retain(|_, room| room.receiver_count() > 0);
        rooms.iter().map(|(event, room)| (*event, room.clone())).collect()
    }
}

/// Wakes the listeners if there is something to tell.
fn publish(room: &Room, look: News) {
    room.send_if_modified(|last| {
        let before = last.as_ref().map(|look| look.print.as_str());
        let changed = before != look.as_ref().map(|look| look.print.as_str());
        if changed {
            *last = look;
        }
        changed
    });
}

/// Who listens, and what they were told.
struct Listener {
    news: watch::Receiver<News>,
    /// The print of what the page shows.
    seen: String,
    /// What it was told of last: all listeners' one, not a copy for each.
    last: News,
    over: bool,
    _seat: Seat,
}

/// What a plan is told.
#[derive(Serialize)]
struct Told {
    /// Each table with how it stands: all of them at first, then those that changed.
    tables: Vec<(Uuid, TableState)>,
    /// The plan's: where it is another, the page is to be loaded anew.
    revision: i64,
}

impl Listener {
    /// Waits for something to tell; the end when nothing can be booked any more.
    async fn next(mut self) -> Option<(Message, Self)> {
        loop {
            if self.over {
                return None;
            }
            let news = self.news.borrow_and_update().clone();
            if let Some(message) = self.tell(news) {
                return Some((message, self));
            }
            self.news.changed().await.ok()?;
        }
    }

    fn tell(&mut self, news: News) -> Option<Message> {
        let Some(look) = news else {
            self.over = true;
            return Message::json("gone", &()).ok();
        };
        let before = self.last.replace(look.clone());
        if look.print == self.seen {
            return None;
        }
        self.seen.clone_from(&look.print);
        let told = Told { tables: changed(before.as_deref(), &look), revision: look.plan.revision };
        Message::json("tables", &told).ok().map(|message| message.id(look.print.clone()))
    }
}

/// The tables that stand otherwise than before. Of another plan, and of one that nobody was told of, that is all.
fn changed(before: Option<&Look>, look: &Look) -> Vec<(Uuid, TableState)> {
    match before.filter(|before| before.plan.revision == look.plan.revision) {
        Some(before) => {
            let both = look.states.iter().zip(&before.states);
            both.filter(|(now, was)| now != was).map(|(now, _)| *now).collect()
        }
        None => look.states.clone(),
    }
}

/// What a mutex guards, also after a panic: it is never left half done.
fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::plan::Plan;
    use messages::marketing_admin::v1::FloorPlanChanged;

    fn look(revision: i64, states: &[(u128, TableState)]) -> Look {
        let event_id = Uuid::nil().to_string();
        let plan = Plan::read(&FloorPlanChanged { event_id, revision, ..FloorPlanChanged::default() });
        let states = states.iter().map(|(id, state)| (Uuid::from_u128(*id), *state)).collect();
        Look { plan: Arc::new(plan.expect("a plan")), states, print: format!("{revision}") }
    }

    #[test]
    fn what_changed_is_told_and_of_another_plan_everything() {
        let before = look(1, &[(1, TableState::Free), (2, TableState::Free)]);
        let after = look(1, &[(1, TableState::Free), (2, TableState::Held)]);
        assert_eq!(changed(Some(&before), &after), [(Uuid::from_u128(2), TableState::Held)]);
        assert_eq!(changed(None, &after).len(), 2);
        assert_eq!(changed(Some(&before), &look(2, &[(1, TableState::Free)])).len(), 1);
    }
}
