//! `POST /internal/v1/tickets/{id}/void`: staff take a ticket back. Its code stays authentic, and the door refuses it.

use actix_web::web::{Data, Json, Path};
use audit::Actor;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::TicketId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::store::TicketRow;
use super::{changed, left, store};
use crate::{Shop, orders};

/// Why the ticket is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidRequest {
    /// For the audit log: 1 to 500 characters.
    pub reason: String,
}

/// The ticket after the call.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoidAnswer {
    /// The ticket.
    pub id: Uuid,
    /// Its state.
    pub state: String,
    /// Counts its changes.
    pub revision: i64,
}

/// Voids a ticket. The same call again changes nothing, and is on record all the same.
pub async fn void(
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
    shop: Data<Shop>,
    id: Path<Uuid>,
    body: ApiJson<VoidRequest>,
) -> Result<Json<VoidAnswer>, Fault> {
    let actor = Actor::caller(&caller, &request).because(audit::reason(&body.reason)?);
    let (id, now) = (TicketId::from_uuid(*id), shop.clock.now());
    let ticket = shop
        .db
        .transaction(async |conn| {
            // The order's row first, as in everything that changes its tickets: who has it works from what it read of them.
            let order = store::order_of(conn, id).await?.ok_or_else(Fault::not_found)?;
            orders::store::lock(conn, order).await?.ok_or_else(Fault::not_found)?;
            let Some((mut ticket, reference)) = store::lock(conn, id).await? else {
                return Err(Fault::not_found());
            };
            let before = ticket.state.clone();
            if matches!(ticket.state.as_str(), "valid" | "blocked" | "disputed") {
                "cancelled".clone_into(&mut ticket.state);
                ticket.revision += 1;
                ticket.changed_at = now;
                store::set_state(conn, &ticket).await?;
                bus::outbox::add(conn, &changed(&ticket, &reference), now).await?;
                left::voided(conn, &ticket, &reference, now).await?;
            }
            let detail = json!({"order": reference, "before": before, "after": ticket.state});
            audit::record(conn, &actor, "ticket.voided", &id.to_string(), detail, now).await?;
            Ok::<_, Fault>(ticket)
        })
        .await?;
    tracing::info!(ticket = %id, caller = caller.name, state = ticket.state, "ticket voided");
    Ok(Json(VoidAnswer { id: ticket.id, state: ticket.state, revision: ticket.revision }))
}

/// Takes a good ticket back that was exchanged for another; its place is free with it. The caller has its order's row, and gives the
/// place back.
pub(crate) async fn exchanged(
    conn: &mut Conn,
    id: TicketId,
    now: DateTime<Utc>,
) -> Result<TicketRow, DbError> {
    let (mut ticket, reference) = store::lock(conn, id).await?.ok_or(DbError::NotFound)?;
    if ticket.state != "valid" {
        return Err(DbError::Conflict(format!("ticket {id} is {} and can't be exchanged", ticket.state)));
    }
    "cancelled".clone_into(&mut ticket.state);
    ticket.place_freed = true;
    ticket.revision += 1;
    ticket.changed_at = now;
    store::set_state(conn, &ticket).await?;
    bus::outbox::add(conn, &changed(&ticket, &reference), now).await?;
    left::voided(conn, &ticket, &reference, now).await?;
    Ok(ticket)
}

/// Takes a ticket back whatever its state, and its place is free with it. `(becomes, says)`: what one that is good becomes, and whether
/// those hear of it who had it from its buyer; a refund says that itself. The caller has its order's row, and gives the place back.
pub(crate) async fn freed(
    conn: &mut Conn,
    ticket: &mut TicketRow,
    reference: &str,
    (becomes, says): (&'static str, bool),
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let was_good = ticket.is_live();
    ticket.place_freed = true;
    if was_good {
        becomes.clone_into(&mut ticket.state);
        ticket.revision += 1;
        ticket.changed_at = now;
    }
    store::set_state(conn, ticket).await?;
    if was_good {
        bus::outbox::add(conn, &changed(ticket, reference), now).await?;
    }
    if was_good && says {
        left::voided(conn, ticket, reference, now).await?;
    }
    Ok(())
}
