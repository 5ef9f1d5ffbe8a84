//! One event's way to the endpoint.

use std::sync::Arc;
use std::time::Instant;

use super::{Attempt, settle, signature};
use crate::clock;
use crate::house::House;
use crate::moment::Origin;

/// How a single sending differs from the usual.
#[derive(Debug, Clone)]
pub struct Manner {
    reason: &'static str,
    /// How old the signature claims to be, in seconds.
    pub age: i64,
    /// Signed with this instead of the endpoint's secrets.
    pub secret: Option<String>,
}

impl Manner {
    /// The usual manner, with a word for the record.
    pub fn because(reason: &'static str) -> Self {
        Self { reason, age: 0, secret: None }
    }
}

/// Sends until the endpoint takes it, the waits are used up, or the sandbox stops.
pub async fn deliver(house: &Arc<House>, event: &str) {
    let waits = house.backoff.clone();
    let mut manner = Manner::because("first");
    for wait in waits.iter().map(Some).chain([None]) {
        if house.stop.is_cancelled() {
            return;
        }
        let taken = send_once(house, event, &manner).await.is_some_and(|attempt| attempt.accepted());
        if taken || wait.is_none() {
            return settle(house, event);
        }
        if let Some(wait) = wait {
            tokio::select! {
                () = house.stop.cancelled() => return,
                () = crate::pause(*wait) => {}
            }
        }
        manner = Manner::because("retry");
    }
}

/// Sends several copies at the same moment; one of them is the delivery that is retried.
pub async fn at_once(house: &Arc<House>, event: &str, times: u32) {
    let duplicate = Manner::because("duplicate");
    let copies = (1..times).map(|_| send_once(house, event, &duplicate));
    tokio::join!(deliver(house, event), futures::future::join_all(copies));
}

/// Sends once and writes down what came of it. Nothing if there is no such event or no endpoint.
pub async fn send_once(house: &Arc<House>, event: &str, manner: &Manner) -> Option<Attempt> {
    let endpoint = house.endpoint();
    let url = endpoint.url?;
    let (kind, body) = house
        .look(|books| books.events.get(event).map(|found| (found.kind.clone(), found.view().to_string())))?;
    let secrets = manner.secret.clone().map_or(endpoint.secrets, |secret| vec![secret]);
    // The machine's time, not the sandbox's: the receiver compares it with its own.
    let now = clock::wall();
    let header = signature::sign(&body, &secrets, now - manner.age);
    let begun = Instant::now();
    let request = house
        .http
        .post(&url)
        .header("Content-Type", "application/json; charset=utf-8")
        .header("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .header("Stripe-Signature", header)
        .body(body);
    let (status, error) = match request.send().await {
        Ok(answer) => (Some(answer.status().as_u16()), None),
        Err(fault) => (None, Some(fault.without_url().to_string())),
    };
    let attempt = Attempt {
        at: clock::rfc3339(now),
        status,
        error,
        took_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        reason: manner.reason.to_owned(),
    };
    let noted = attempt.clone();
    house.change(Origin::default(), |books, _| {
        books.attempts.entry(event.to_owned()).or_default().push(noted);
    });
    if attempt.accepted() {
        // Nobody listening is the usual case.
        let _ = house.delivered.send(kind);
    }
    Some(attempt)
}
