//! What all workers of a running sandbox share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::books::Books;
use crate::clock::Clock;
use crate::control::faults::FaultBook;
use crate::moment::{Moment, Origin};
use crate::stripe;
use crate::webhooks::{self, Endpoint};

/// One running sandbox: its books, its faults, its way out.
#[derive(Debug)]
pub struct House {
    books: Mutex<Books>,
    faults: Mutex<FaultBook>,
    endpoint: Mutex<Endpoint>,
    /// The sandbox's time.
    pub clock: Clock,
    /// Where browsers find this sandbox, without a slash at the end.
    pub public_url: String,
    /// Told after each change, for the state file.
    pub changed: Notify,
    /// Tells the type of each event the endpoint took, for those held back until then.
    pub delivered: tokio::sync::broadcast::Sender<String>,
    /// How webhooks go out.
    pub http: reqwest::Client,
    /// Waits between webhook attempts; after the last one the sandbox gives up.
    pub backoff: Vec<Duration>,
    /// Where background work runs (request handlers live on threads of their own).
    pub runtime: Handle,
    /// Cancelled when the sandbox stops.
    pub stop: CancellationToken,
    /// Background work to wait for when stopping.
    pub tasks: TaskTracker,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic in one request must not take the stand-in down for all others.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl House {
    /// A house with these books.
    pub fn new(
        books: Books,
        public_url: String,
        endpoint: Endpoint,
        backoff: Vec<Duration>,
    ) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        Ok(Self {
            books: Mutex::new(books),
            faults: Mutex::default(),
            endpoint: Mutex::new(endpoint),
            clock: Clock::default(),
            public_url,
            changed: Notify::new(),
            delivered: tokio::sync::broadcast::Sender::new(256),
            http,
            backoff,
            runtime: Handle::current(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// Reads the books without changing them.
    pub fn look<R>(&self, look: impl FnOnce(&Books) -> R) -> R {
        look(&locked(&self.books))
    }

    /// Changes the books. Time passes first (sessions expire), and events raised go out afterwards.
    pub fn change<R>(self: &Arc<Self>, origin: Origin, change: impl FnOnce(&mut Books, &Moment) -> R) -> R {
        let moment = Moment { now: self.clock.now(), origin };
        let (result, outgoing) = {
            let mut books = locked(&self.books);
            let tick = Moment { now: moment.now, origin: Origin::default() };
            stripe::time_passes(&mut books, &tick, &self.public_url);
            let result = change(&mut books, &moment);
            (result, std::mem::take(&mut books.outgoing))
        };
        self.changed.notify_one();
        for event in outgoing {
            webhooks::dispatch(self, event);
        }
        result
    }

    /// Lets time pass without a request, and tells whether anything came of it.
    pub fn tick(self: &Arc<Self>) {
        let now = self.clock.now();
        if self.look(|books| stripe::is_due(books, now)) {
            self.change(Origin::default(), |_, _| ());
        }
    }

    /// The scripted faults.
    pub fn faults(&self) -> MutexGuard<'_, FaultBook> {
        locked(&self.faults)
    }

    /// Where webhooks go and how they are signed.
    pub fn endpoint(&self) -> Endpoint {
        locked(&self.endpoint).clone()
    }

    /// Sends webhooks somewhere else from now on.
    pub fn set_endpoint(&self, endpoint: Endpoint) {
        *locked(&self.endpoint) = endpoint;
    }
}
