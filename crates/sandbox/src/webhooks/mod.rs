//! Webhooks: each event goes to the shop's endpoint, signed, again and again until it answers 2xx.

mod delivery;
mod signature;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use delivery::{Manner, send_once};

use crate::control::faults::{Action, like};
use crate::control::play;
use crate::house::House;
use crate::moment::Origin;

/// Where webhooks go and with which secrets they are signed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Without one, events are only listed.
    pub url: Option<String>,
    /// Several during a rotation.
    #[serde(default)]
    pub secrets: Vec<String>,
}

/// One delivery tried.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// RFC 3339.
    pub at: String,
    /// The endpoint's answer.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// Milliseconds it took.
    pub took_ms: u64,
    /// `first`, `retry`, `duplicate`, `again`.
    pub reason: String,
}

impl Attempt {
    /// Whether the endpoint took it.
    pub fn accepted(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// Word that goes round when held webhooks shall leave.
pub const RELEASE: &str = "(release)";

/// Sends an event in the background, as a scripted fault may want it.
pub fn dispatch(house: &Arc<House>, event: String) {
    if house.endpoint().url.is_none() {
        settle(house, &event);
        return;
    }
    let kind = house.look(|books| books.events.get(&event).map(|event| event.kind.clone()));
    let Some(kind) = kind else { return };
    let fault = house.faults().take_event(&kind);
    // Subscribed now, not when the task first runs: what is delivered in between counts.
    let heard = house.delivered.subscribe();
    let shared = house.clone();
    let task = async move {
        let house = shared;
        match fault {
            Some(Action::Drop) => return settle(&house, &event),
            Some(Action::Delay { ms }) => play::wait(&house, Some(ms)).await,
            Some(Action::Hold { until }) => held(&house, heard, until.as_deref()).await,
            Some(Action::Concurrent { times }) => return delivery::at_once(&house, &event, times).await,
            Some(Action::Duplicate { times }) => {
                delivery::deliver(&house, &event).await;
                for _ in 1..times {
                    send_once(&house, &event, &Manner::because("duplicate")).await;
                }
                return;
            }
            Some(Action::Twin) => {
                let twin = twin(&house, &event);
                tokio::join!(delivery::deliver(&house, &event), delivery::deliver(&house, &twin));
                return;
            }
            _ => {}
        }
        delivery::deliver(&house, &event).await;
    };
    house.tasks.spawn_on(task, &house.runtime);
}

/// Takes up deliveries that a stopped sandbox left behind.
pub fn resume(house: &Arc<House>) {
    let open: Vec<String> = house.look(|books| {
        books.events.iter().filter(|event| !event.settled).map(|event| event.id.clone()).collect()
    });
    for event in open {
        let shared = house.clone();
        house.tasks.spawn_on(async move { delivery::deliver(&shared, &event).await }, &house.runtime);
    }
}

/// Marks an event as needing no further delivery.
fn settle(house: &Arc<House>, event: &str) {
    house.change(Origin::default(), |books, _| {
        if let Some(event) = books.events.get_mut(event) {
            event.settled = true;
        }
    });
}

fn twin(house: &Arc<House>, event: &str) -> String {
    house.change(Origin::default(), |books, _| {
        let twin = books.events.get(event).map(crate::stripe::events::Event::twin);
        let id = twin.as_ref().map(|twin| twin.id.clone()).unwrap_or_default();
        if let Some(twin) = twin {
            books.events.add(twin);
        }
        id
    })
}

/// Waits for another event's delivery.
async fn held(house: &House, mut heard: tokio::sync::broadcast::Receiver<String>, until: Option<&str>) {
    use tokio::sync::broadcast::error::RecvError;
    loop {
        let word = tokio::select! {
            () = house.stop.cancelled() => return,
            word = heard.recv() => word,
        };
        match word {
            Ok(kind) if kind == RELEASE || until.is_none_or(|wanted| like(wanted, &kind)) => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) if until.is_none() => return,
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}
