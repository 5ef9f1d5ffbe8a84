//! The door's word: whether the guests of some tickets are inside. It makes the codes bad in the same moment. Asked before money
//! goes back, and before a place on the guest list is given to somebody else. It also only says it ([`Doors::look`]), before a guest
//! changes a ticket of a night whose doors were open and are shut again.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use web::{Peer, peer};

use super::store::RefundRow;

/// Somebody waits at the desk; the worker asks again later.
const PATIENCE: Duration = Duration::from_secs(5);

/// The way to the door.
#[derive(Debug, Clone)]
pub struct Doors(Peer);

/// What the door is asked.
#[derive(Debug, Serialize)]
struct Question<'a> {
    event: Uuid,
    tickets: &'a [Uuid],
    anyway: bool,
    /// What the tickets become, where that is not "refunded".
    #[serde(skip_serializing_if = "Option::is_none")]
    becomes: Option<&'static str>,
}

/// What the door is asked where its word changes nothing.
#[derive(Debug, Serialize)]
struct Glance<'a> {
    event: Uuid,
    tickets: &'a [Uuid],
    revision: i64,
}

/// Who is inside.
#[derive(Debug, Deserialize)]
struct Seen {
    inside: Vec<Inside>,
}

/// What the door says.
#[derive(Debug, Deserialize)]
struct Answer {
    /// Whether the codes are bad from now on.
    revoked: bool,
    /// Who is inside.
    inside: Vec<Inside>,
}

/// A guest who is inside.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
pub struct Inside {
    /// The ticket.
    pub ticket: Uuid,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Through which gate.
    pub gate: String,
}

/// The door's word on some tickets.
#[derive(Debug)]
pub(crate) enum Word {
    /// The codes are bad; these had come in before.
    Revoked(Vec<Inside>),
    /// Some are inside, and nothing was changed.
    Inside(Vec<Inside>),
    /// It did not answer, or does not know the tickets yet.
    Silent,
}

impl Doors {
    /// The scanner service.
    pub fn at(peer: Peer) -> Self {
        Self(peer.patience(PATIENCE))
    }

    /// Asks about the tickets of a refund. The same question again gets the same answer.
    pub(super) async fn ask(&self, refund: &RefundRow, event: Uuid, tickets: &[Uuid]) -> Word {
        // What cost nothing gives nothing back, and the door says so.
        let becomes = (refund.amount_minor == 0).then_some("cancelled");
        self.word(Question { event, tickets, anyway: refund.anyway, becomes }).await
    }

    /// Asks about tickets of the guest list that are to be taken back: all of them, or, if one of their guests is inside, none.
    pub(crate) async fn take_off(&self, event: Uuid, tickets: &[Uuid]) -> Word {
        self.word(Question { event, tickets, anyway: false, becomes: Some("cancelled") }).await
    }

    /// Whether somebody is inside with a ticket, of a door that knows this revision of the event. None: it has not said.
    pub(crate) async fn look(&self, event: Uuid, ticket: Uuid, revision: i64) -> Option<bool> {
        let glance = Glance { event, tickets: &[ticket], revision };
        let call = self.0.call(Method::POST, "/internal/v1/inside").json(&glance);
        match peer::answer::<Seen>(call).await {
            Ok(seen) => Some(!seen.inside.is_empty()),
            Err(error) => {
                tracing::warn!(?error, %event, %ticket, "the door does not say whether a guest is inside");
                None
            }
        }
    }

    async fn word(&self, question: Question<'_>) -> Word {
        let call = self.0.call(Method::POST, "/internal/v1/revocations").json(&question);
        match peer::answer::<Answer>(call).await {
            Ok(answer) if answer.revoked => Word::Revoked(answer.inside),
            Ok(answer) => Word::Inside(answer.inside),
            Err(error) => {
                tracing::warn!(?error, event = %question.event, "the door does not say whether guests are inside");
                Word::Silent
            }
        }
    }
}
