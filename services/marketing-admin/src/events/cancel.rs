//! Calling a night off. The ticket site hears of it and gives everybody's money back.

use audit::Actor;
use domain::event::EventStatus;
use serde_json::json;
use uuid::Uuid;
use web::Fault;

use crate::Desk;
use crate::events::change::conclude;
use crate::events::store::{self, Event, Which};

/// Cancels the event. Done already: nothing changes, and that is fine. Archived: 409 `invalid_state`.
pub async fn cancel(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Event, Fault> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let before = store::lock(conn, id).await?.ok_or_else(Fault::not_found)?;
            let status = EventStatus::from_code(&before.status).ok_or_else(Fault::not_found)?;
            if status == EventStatus::Cancelled {
                return store::find(conn, Which::Id(id)).await?.ok_or_else(Fault::not_found);
            }
            let next = status
                .cancel()
                .map_err(|illegal| Fault::conflict("invalid_state").detail(illegal.to_string()))?;
            store::set_status(conn, id, next.code(), now).await?;
            let detail = json!({"from": status.code(), "to": next.code(), "from_revision": before.revision});
            conclude(conn, actor, "event.cancelled", id, detail, now).await
        })
        .await
}
