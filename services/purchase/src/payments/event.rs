//! The few words of Stripe's events that we act on; the rest is read from Stripe itself.

use domain::ids::{AttemptId, OrderId};
use serde_json::Value;

/// An event.
#[derive(Debug)]
pub(super) struct Event {
    pub id: String,
    pub kind: String,
    pub live: bool,
    pub about: About,
}

/// What an event is about.
#[derive(Debug)]
pub(super) enum About {
    /// A Checkout Session, and our order where the event names one.
    Session { id: String, order: Option<OrderId> },
    /// A card was declined for an attempt of ours.
    Declined { attempt: AttemptId },
    /// A refund of ours, or one made at Stripe.
    Refund { id: String },
    /// A charge that was given back, wholly or in part.
    GivenBack { intent: String },
    /// A guest's bank takes money back, or asks about it.
    Dispute { id: String },
    /// Money goes to the club's bank, or comes back.
    Payout { id: String },
    /// None of our business.
    Nothing,
}

impl Event {
    pub(super) fn read(text: &str) -> Option<Self> {
        let event: Value = serde_json::from_str(text).ok()?;
        let kind = word(&event["type"])?;
        Some(Self {
            id: word(&event["id"])?,
            live: event["livemode"].as_bool().unwrap_or_default(),
            about: about(&kind, &event["data"]["object"]).unwrap_or(About::Nothing),
            kind,
        })
    }

    /// Why it is stored and never looked at again.
    pub(super) fn ignored(&self, we_are_live: bool) -> Option<&'static str> {
        match self.about {
            _ if self.live != we_are_live => Some("ignored_other_mode"),
            About::Nothing => Some("ignored_type"),
            _ => None,
        }
    }

    /// The session it speaks of.
    pub(super) fn session(&self) -> Option<&str> {
        match &self.about {
            About::Session { id, .. } => Some(id),
            _ => None,
        }
    }
}

fn about(kind: &str, object: &Value) -> Option<About> {
    let id = word(&object["id"])?;
    match (kind, object["object"].as_str()?) {
        (kind, "checkout.session") if kind.starts_with("checkout.session.") => {
            let order = object["metadata"]["order_id"].as_str().and_then(|id| id.parse().ok());
            Some(About::Session { id, order: order.map(OrderId::from_uuid) })
        }
        ("payment_intent.payment_failed", "payment_intent") => {
            // One without an attempt of ours is another shop's of the same account.
            let attempt = object["metadata"]["attempt_id"].as_str()?.parse().ok()?;
            Some(About::Declined { attempt: AttemptId::from_uuid(attempt) })
        }
        ("refund.updated" | "refund.failed" | "charge.refund.updated", "refund") => {
            Some(About::Refund { id })
        }
        ("charge.refunded", "charge") => Some(About::GivenBack { intent: named(&object["payment_intent"])? }),
        (kind, "payout") if kind.starts_with("payout.") => Some(About::Payout { id }),
        (kind, "dispute") if kind.starts_with("charge.dispute.") => Some(About::Dispute { id }),
        _ => None,
    }
}

fn word(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// An id, or the id of the object that stands in its place.
fn named(value: &Value) -> Option<String> {
    word(value).or_else(|| word(&value["id"]))
}
