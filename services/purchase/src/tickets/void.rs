//! `POST /internal/v1/tickets/{id}/void`: staff take a ticket back. Its code stays authentic, and the door refuses it.

use actix_web::web::{Data, Json, Path};
use domain::ids::TicketId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Callers, Fault, ServiceCaller};

use super::{changed, store};
use crate::Shop;

/// Why the ticket is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidRequest {
    /// For the log of the service that asks; not stored here.
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

/// The desk and the operator.
#[derive(Debug, Clone, Copy)]
pub struct Voiders;
impl Callers for Voiders {
    const NAMES: Option<&'static [&'static str]> = Some(&["marketing-admin", "magueyctl"]);
}

/// Voids a ticket. The same call again changes nothing.
pub async fn void(
    caller: ServiceCaller<Voiders>,
    shop: Data<Shop>,
    id: Path<Uuid>,
    body: ApiJson<VoidRequest>,
) -> Result<Json<VoidAnswer>, Fault> {
    let (id, now) = (TicketId::from_uuid(*id), shop.clock.now());
    let ticket = shop
        .db
        .transaction(async |conn| {
            let Some((mut ticket, reference)) = store::lock(conn, id).await? else {
                return Err(Fault::not_found());
            };
            if ticket.state == "valid" || ticket.state == "blocked" {
                "cancelled".clone_into(&mut ticket.state);
                ticket.revision += 1;
                ticket.changed_at = now;
                store::set_state(conn, &ticket).await?;
                bus::outbox::add(conn, &changed(&ticket, &reference), now).await?;
            }
            Ok::<_, Fault>(ticket)
        })
        .await?;
    tracing::info!(ticket = %id, caller = caller.name, reason = body.reason, state = ticket.state, "ticket voided");
    Ok(Json(VoidAnswer { id: ticket.id, state: ticket.state, revision: ticket.revision }))
}
