//! `POST /internal/v1/inside`: the doors of a night were open and are to open later now, and purchase asks whether somebody is inside
//! with some tickets before it lets them be changed. Nothing is changed here.

use actix_web::web::{Data, Json};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use web::{ApiJson, Fault, ServiceCaller, callers};

use super::revoke::{Inside, MOST};
use super::store;
use crate::{Door, door};

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The event of all of them.
    pub event: Uuid,
    /// The tickets.
    pub tickets: Vec<Uuid>,
    /// The revision of the event with which its doors shut: before the door knows it, somebody may yet come in.
    pub revision: i64,
}

/// What is answered.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// Who came in with one of them.
    pub inside: Vec<Inside>,
}

/// 409 `not_known_yet` while the door has not heard of one of the tickets, or of that revision of the event.
pub async fn look(
    door: Data<Door>,
    _caller: ServiceCaller<callers::Purchase>,
    question: ApiJson<Question>,
) -> Result<Json<Answer>, Fault> {
    let question = question.into_inner();
    if question.tickets.is_empty() || question.tickets.len() > MOST {
        return Err(Fault::invalid("invalid_value").field("tickets", "invalid_value"));
    }
    let inside = door
        .db
        .transaction(async |conn| {
            store::quiet(conn, question.event).await?;
            let revision = door::store::revision(conn, question.event).await?;
            let heard = revision.is_some_and(|revision| revision >= question.revision);
            if !heard || store::known(conn, question.event, &question.tickets).await? < question.tickets.len()
            {
                return Err(Fault::conflict("not_known_yet"));
            }
            let inside = store::inside(conn, &question.tickets).await?;
            Ok::<_, Fault>(inside)
        })
        .await?;
    tracing::info!(
        event = %question.event, tickets = question.tickets.len(), inside = inside.len(),
        "purchase asked whether guests are inside, to change tickets"
    );
    Ok(Json(Answer { inside }))
}
