//! Events: what happened, with the object as it was at that moment.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::view::API_VERSION;
use crate::books::Books;
use crate::ids;
use crate::moment::Moment;
use crate::shelf::Kept;

/// One event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    /// `evt_…`
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// `checkout.session.completed` and others.
    pub kind: String,
    /// The object as it was.
    pub object: Value,
    /// What changed, for `*.updated` and `charge.refunded`.
    pub previous: Option<Value>,
    /// The request that caused it.
    pub request: Option<String>,
    /// That request's idempotency key.
    pub key: Option<String>,
    /// Whether the webhook endpoint took it, or the sandbox gave up.
    pub settled: bool,
}

impl Kept for Event {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Event {
    /// Stripe's JSON: the webhook's body and the API's answer.
    pub fn view(&self) -> Value {
        let mut data = json!({ "object": self.object });
        if let Some(previous) = &self.previous {
            data["previous_attributes"] = previous.clone();
        }
        json!({
            "id": self.id, "object": "event", "api_version": API_VERSION, "created": self.created, "data": data,
            "livemode": false, "pending_webhooks": 1,
            "request": {"id": self.request, "idempotency_key": self.key}, "type": self.kind,
        })
    }

    /// The same happening under another event id, as Stripe sometimes tells it.
    pub fn twin(&self) -> Self {
        Self { id: fresh_id(), settled: false, ..self.clone() }
    }
}

fn fresh_id() -> String {
    ids::random("evt_1", 23)
}

/// Records an event; it goes out when the change is done.
pub fn raise(books: &mut Books, moment: &Moment, kind: &str, object: Value, previous: Option<Value>) {
    let event = Event {
        id: fresh_id(),
        created: moment.now,
        kind: kind.to_owned(),
        object,
        previous,
        request: moment.origin.request.clone(),
        key: moment.origin.key.clone(),
        settled: false,
    };
    books.outgoing.push(event.id.clone());
    books.events.add(event);
}
