//! Archiving a night that is over or was called off. It leaves the lists; its orders, its money and its figures stay.

use audit::Actor;
use domain::event::EventStatus;
use serde_json::json;
use uuid::Uuid;
use web::Fault;

use crate::Desk;
use crate::events::change::conclude;
use crate::events::store::{self, Event, Which};

/// Archives the event. Done already: nothing changes, and that is fine. Still to come, or a draft: 409 `invalid_state`.
pub async fn archive(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Event, Fault> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let before = store::lock(conn, id).await?.ok_or_else(Fault::not_found)?;
            let status = EventStatus::from_code(&before.status).ok_or_else(Fault::not_found)?;
            if status == EventStatus::Archived {
                return store::find(conn, Which::Id(id)).await?.ok_or_else(Fault::not_found);
            }
            let next = status
                .archive(before.ends_at <= now)
                .map_err(|illegal| Fault::conflict("invalid_state").detail(illegal.to_string()))?;
            store::set_status(conn, id, next.code(), now).await?;
            let detail = json!({"from": status.code(), "to": next.code(), "from_revision": before.revision});
            conclude(conn, actor, "event.archived", id, detail, now).await
        })
        .await
}
