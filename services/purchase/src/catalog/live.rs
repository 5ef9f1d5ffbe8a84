//! `GET /e/{slug}/live`: what changes on a night's page while somebody looks at it, as server-sent events.
//!
//! One task per process looks at the [`super::shelf`] once a second for each night that somebody watches, writes its rows
//! ([`super::offers`]) in both languages, and wakes the listeners only if a row reads differently than before: a thousand
//! listeners cost the database what one costs, and nothing is written twice. Each listener gets the rows that changed, of
//! those types that its access code shows. The id of a message is the print of all that was shown, so whoever comes back
//! with it, to whatever process, is told what has changed since and nothing else.
//!
//! Connections are counted, in all and by network address; above the limit a page stays as it was loaded.

mod seats;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, Responder};
use chrono::{DateTime, Utc};
use domain::language::Language;
use futures::stream;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use web::sse::{self, Message};
use web::{ClientAddress, Fault, Locale};

pub(crate) use self::seats::Seat;
use self::seats::Seats;
use super::night::{Night, Offer};
use super::offers::{self, Shown};
use super::shelf::Shelf;
use crate::{Shop, presales};

/// How often a watched night is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The longest that is kept of what a page says of itself, in bytes: more than an access code or a print has. It is kept for as
/// long as the page is open, so that many who say much would fill the memory.
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

/// Tells a page what changes on it.
pub async fn listen(
    shop: Data<Shop>,
    slug: Path<String>,
    locale: Locale,
    query: Query<LiveQuery>,
    from: ClientAddress,
    request: HttpRequest,
) -> Result<impl Responder, Fault> {
    let LiveQuery { code, seen } = query.into_inner();
    let code = Some(code.trim().to_owned()).filter(|code| !code.is_empty());
    let night = shop.shelf.night(&slug, shop.clock.now()).await?.ok_or_else(Fault::not_found)?;
    let code = presales::known_as(&shop, night.id, code.as_deref()).await?;
    shop.tries.access(&from, &night, code.as_deref())?;
    night.open_to(code.as_deref()).ok_or_else(Fault::not_found)?;
    let seat = shop.live.seat(&from)?;
    let last = request.headers().get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let listener = Listener {
        news: shop.live.subscribe(&slug),
        code: code.and_then(kept),
        lang: locale.0,
        seen: kept(last.unwrap_or(seen)).unwrap_or_default(),
        last: None,
        over: false,
        _seat: seat,
    };
    Ok(sse::stream(stream::unfold(listener, Listener::next)))
}

/// What is too long to be a code or a print is neither.
fn kept(said: String) -> Option<String> {
    (said.len() <= LONGEST).then_some(said)
}

/// A night as it was last looked at.
#[derive(Debug)]
struct News {
    /// `None`: it is off sale.
    night: Option<Arc<Night>>,
    at: DateTime<Utc>,
    rows: HashMap<Language, Vec<Shown>>,
}

type Room = watch::Sender<Option<Arc<News>>>;

/// The nights that somebody watches, and how many do.
#[derive(Debug)]
pub struct Live {
    rooms: Mutex<HashMap<String, Room>>,
    seats: Arc<Seats>,
}

impl Live {
    /// Room for this many listeners.
    pub fn new(most: usize) -> Self {
        Self { rooms: Mutex::default(), seats: Arc::new(Seats::new(most)) }
    }

    /// A place for an open page at this address, of whatever room; 503 if there is none.
    pub(crate) fn seat(&self, from: &ClientAddress) -> Result<Seat, Fault> {
        Seats::take(&self.seats, from)
    }

    /// Looks at what is watched, until the service stops.
    pub async fn run(shop: Arc<Shop>, stop: CancellationToken) {
        let mut clock = tokio::time::interval(LOOK_EVERY);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = clock.tick() => {}
            }
            shop.live.look(&shop.shelf, &shop.site, shop.clock.now()).await;
        }
    }

    async fn look(&self, shelf: &Shelf, links: &ui::Links, now: DateTime<Utc>) {
        for (slug, room) in self.watched() {
            match shelf.night(&slug, now).await {
                Ok(night) => publish(&room, night, links, now),
                Err(error) => tracing::info!(%error, "open pages keep what they show for now"),
            }
        }
    }

    fn subscribe(&self, slug: &str) -> watch::Receiver<Option<Arc<News>>> {
        open(&self.rooms).entry(slug.to_owned()).or_insert_with(|| watch::Sender::new(None)).subscribe()
    }

    /// What somebody still watches; the rest is forgotten.
    fn watched(&self) -> Vec<(String, Room)> {
        let mut rooms = open(&self.rooms);
        rooms.retain(|_, room| room.receiver_count() > 0);
        rooms.iter().map(|(slug, room)| (slug.clone(), room.clone())).collect()
    }
}

/// Wakes the listeners if there is something to tell.
fn publish(room: &Room, night: Option<Arc<Night>>, links: &ui::Links, now: DateTime<Utc>) {
    let written = Language::ALL.into_iter().map(|lang| {
        let rows = night.as_ref().map(|night| offers::shown(night, lang, links, now)).transpose()?;
        Ok::<_, askama::Error>((lang, rows.unwrap_or_default()))
    });
    let rows = match written.collect::<Result<HashMap<_, _>, _>>() {
        Ok(rows) => rows,
        Err(error) => {
            tracing::error!(%error, "a night's rows could not be written");
            return;
        }
    };
    let news = News { night, at: now, rows };
    room.send_if_modified(|last| {
        let changed = last.as_ref().is_none_or(|last| last.differs_from(&news));
        if changed {
            *last = Some(Arc::new(news));
        }
        changed
    });
}

impl News {
    /// Whether anybody would read something else, or somebody would see more or less of it.
    fn differs_from(&self, other: &Self) -> bool {
        fn of(night: &Night) -> (&domain::event::terms::EventTerms, Vec<Option<&str>>) {
            let codes = night.types.iter().map(|kind| kind.priced.terms.access_code.as_deref());
            (&night.terms, codes.collect())
        }
        self.rows != other.rows || self.night.as_deref().map(of) != other.night.as_deref().map(of)
    }

    /// The night as an access code opens it, and the rows that it shows in a language.
    fn opened(&self, lang: Language, code: Option<&str>) -> Option<(Arc<Night>, Vec<&Shown>)> {
        let night = self.night.clone()?.open_to(code)?;
        let rows = self.rows.get(&lang).into_iter().flatten();
        let shown = rows.filter(|row| night.types.iter().any(|kind| kind.id == row.id)).collect();
        Some((night, shown))
    }
}

/// Who listens, and what they were told.
struct Listener {
    news: watch::Receiver<Option<Arc<News>>>,
    code: Option<String>,
    lang: Language,
    /// The print of what the page shows.
    seen: String,
    /// What it was told of last: all listeners' one, not a copy for each.
    last: Option<Arc<News>>,
    over: bool,
    _seat: Seat,
}

/// What a page is told.
#[derive(Serialize)]
struct Told<'a> {
    /// Whether anything of the night can be bought.
    open: bool,
    /// Every type that is on the page now, in its order.
    types: Vec<String>,
    /// Those that read differently.
    rows: Vec<&'a Shown>,
}

impl Listener {
    /// Waits for something to tell; the end when the night is off sale.
    async fn next(mut self) -> Option<(Message, Self)> {
        loop {
            if self.over {
                return None;
            }
            let news = self.news.borrow_and_update().clone();
            if let Some(message) = news.and_then(|news| self.tell(&news)) {
                return Some((message, self));
            }
            self.news.changed().await.ok()?;
        }
    }

    fn tell(&mut self, news: &Arc<News>) -> Option<Message> {
        let last = self.last.replace(news.clone());
        let Some((night, rows)) = news.opened(self.lang, self.code.as_deref()) else {
            self.over = true;
            return Message::json("gone", &()).ok();
        };
        let seen = offers::print_of(rows.iter().map(|row| &row.print));
        if seen == self.seen {
            return None;
        }
        let before = last.as_deref().and_then(|last| last.opened(self.lang, self.code.as_deref()));
        let before = before.map(|(_, rows)| rows).unwrap_or_default();
        self.seen.clone_from(&seen);
        let told = Told {
            open: night.offer(news.at) == Offer::Open,
            types: rows.iter().map(|row| row.id.to_string()).collect(),
            rows: rows.into_iter().filter(|row| !before.contains(row)).collect(),
        };
        Message::json("offers", &told).ok().map(|message| message.id(seen))
    }
}

/// What a mutex guards, also after a panic: counts are never left half done.
fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
