//! `POST /internal/v1/revocations`: purchase is about to take some tickets back, with their money or from the guest list, and
//! asks whether their guests are inside. The codes go bad in the moment in which that is seen, so no scan slips in between.

use actix_web::web::{Data, Json};
use audit::Actor;
use chrono::{DateTime, Utc};
use domain::admission::TicketStatus;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::store;
use crate::Door;

/// Most tickets of one question: more than an order has.
pub(super) const MOST: usize = 5000;

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The event of all of them.
    pub event: Uuid,
    /// The tickets.
    pub tickets: Vec<Uuid>,
    /// Whether the codes go bad even where somebody came in with one of them.
    pub anyway: bool,
    /// What the tickets become.
    #[serde(default)]
    pub becomes: Becomes,
}

/// What a ticket becomes that is taken back.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Becomes {
    /// Its money goes back.
    #[default]
    Refunded,
    /// It cost nothing: its guest was taken off the list.
    Cancelled,
}

impl From<Becomes> for TicketStatus {
    fn from(becomes: Becomes) -> Self {
        match becomes {
            Becomes::Refunded => Self::Refunded,
            Becomes::Cancelled => Self::Cancelled,
        }
    }
}

/// What is answered.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// Whether the codes are bad from now on: all of them, or none.
    pub revoked: bool,
    /// Who came in with one of them.
    pub inside: Vec<Inside>,
}

/// A guest who came in.
#[derive(Debug, Serialize, diesel::QueryableByName)]
pub struct Inside {
    /// The ticket.
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub ticket: Uuid,
    /// When.
    #[diesel(sql_type = diesel::sql_types::Timestamptz)]
    pub at: DateTime<Utc>,
    /// Through which gate.
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub gate: String,
}

/// 409 `not_known_yet` while the door has not heard of one of the tickets. The same question again gets the same answer.
pub async fn revoke(
    door: Data<Door>,
    caller: ServiceCaller<callers::Purchase>,
    request: RequestId,
    question: ApiJson<Question>,
) -> Result<Json<Answer>, Fault> {
    let question = question.into_inner();
    if question.tickets.is_empty() || question.tickets.len() > MOST {
        return Err(Fault::invalid("invalid_value").field("tickets", "invalid_value"));
    }
    let actor = Actor::caller(&caller, &request);
    let now = door.clock.now();
    let answer = door
        .db
        .transaction(async |conn| {
            store::quiet(conn, question.event).await?;
            if store::known(conn, question.event, &question.tickets).await? < question.tickets.len() {
                return Err(Fault::conflict("not_known_yet"));
            }
            let inside = store::inside(conn, &question.tickets).await?;
            let revoked = inside.is_empty() || question.anyway;
            // As their owner will call them.
            if revoked && store::make_bad(conn, &question.tickets, question.becomes.into(), now).await? > 0
            {
                let detail = json!({"tickets": question.tickets, "inside": inside.iter().map(|one| one.ticket).collect::<Vec<_>>()});
                audit::record(conn, &actor, "ticket.revoked", &question.event.to_string(), detail, now).await?;
            }
            Ok::<_, Fault>(Answer { revoked, inside })
        })
        .await?;
    tracing::info!(
        event = %question.event, tickets = question.tickets.len(), inside = answer.inside.len(), revoked = answer.revoked,
        "purchase asked whether guests are inside"
    );
    Ok(Json(answer))
}
