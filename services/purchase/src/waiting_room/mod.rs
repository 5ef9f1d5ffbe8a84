//! The waiting room: when an on-sale is hotter than the service should take, guests stand in line and are let in at a set rate.
//!
//! It opens by itself for a night at whose checkout too many arrive, and closes when nobody has waited for a while
//! (`domain::waiting_room`); the desk may hold it open or closed, and say how fast its line moves ([`desk`]). While it is open, an order is taken only from who holds an admitted place ([`guard`]), by the form
//! and by the API alike. Who has none gets one: a signed cookie ([`places`]) with a number, in order of arrival. It survives
//! a reload, is worth nothing for another night, and can't be made or changed by anybody else. Taking a second one only
//! means standing further back.
//!
//! Who waits has no row and costs no query: numbers are handed out to all who ask at once in one statement ([`numbers`]), the line
//! is moved by one small transaction a second ([`work`]), and the page of those who wait ([`page`]) is answered from memory.
//! Every replica hands out and moves the same line, the night's row in `waiting_rooms`.
//!
//! A place is used when an order is placed with it ([`store::use_pass`]): it is then one buyer's, for that order and two more (going
//! back and changing an order makes another one). An order that is refused gives it back. Orders that stand, offers from
//! the waitlist and what staff sell never wait here.

pub mod desk;
pub mod guard;
pub mod numbers;
pub mod page;
pub mod places;
pub(crate) mod store;
pub mod work;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use domain::waiting_room::{Line, Pace};
use settings::Secret;
use tokio::sync::Notify;
use uuid::Uuid;

use self::numbers::Asked;
use self::places::PlaceKeys;
use crate::crowds::Newcomers;

/// How often the lines are moved.
pub const EVERY: Duration = Duration::from_secs(1);
/// How long it is remembered who used a place: longer than any turn.
pub const KEPT: TimeDelta = TimeDelta::days(1);

/// A room that is open.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    line: Line,
    /// How fast it moves before this night.
    pace: Pace,
}

/// The lines as this process last read them, and what it has not yet told the others.
#[derive(Debug)]
pub struct WaitingRooms {
    /// What the club allows, unless it says something else for a night.
    pub pace: Pace,
    keys: PlaceKeys,
    open: Mutex<HashMap<Uuid, Room>>,
    arrived: Mutex<HashMap<Uuid, i64>>,
    asked: Mutex<Vec<Asked>>,
    /// Nobody gains by a second place, but each is a number for all to wait behind.
    newcomers: Newcomers,
    /// Rings when somebody wants a place.
    pub bell: Notify,
}

impl WaitingRooms {
    /// No room is open yet. Guests at one network address may take so many places at once; they are signed with a key made of `secret`.
    pub fn new(pace: Pace, of_address: u32, secret: Secret) -> Self {
        Self {
            pace,
            keys: PlaceKeys::new(secret),
            open: Mutex::default(),
            arrived: Mutex::default(),
            asked: Mutex::default(),
            newcomers: Newcomers::new(of_address),
            bell: Notify::new(),
        }
    }

    /// The line before a night, if its room is open.
    fn line(&self, event: Uuid) -> Option<Line> {
        self.room(event).map(|room| room.line)
    }

    fn room(&self, event: Uuid) -> Option<Room> {
        lock(&self.open).get(&event).cloned()
    }

    /// Somebody is at the checkout of a night whose room is closed.
    fn arrived(&self, event: Uuid) {
        *lock(&self.arrived).entry(event).or_default() += 1;
    }
}

/// What a mutex guards, also after a panic: nothing is ever left half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
