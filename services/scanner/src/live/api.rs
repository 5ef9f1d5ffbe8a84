//! `GET /api/v1/events/{event}/live`: the door of a night as it is now.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use web::{Fault, Staff, can};

use super::snapshot::Snapshot;
use crate::door::store::event_named;
use crate::{Door, faults};

/// Tells how every gate of a night does.
#[utoipa::path(get, path = "/api/v1/events/{event}/live", tag = "live",
    params(("event" = String, Path, description = "The event's id or slug", example = "friday-agave")),
    responses(
        (status = 200, body = Snapshot, example = json!({
            "event": "0199f3a2-6f0e-7c40-8a57-6f1c9a1f0b11", "title": "Friday agave", "time_zone": "Europe/Madrid",
            "at": "2026-11-20T23:12:30Z", "inside": 312, "limit": 400, "sold": 520,
            "gates": [{"id": "0199f3a2-6f0e-7c40-8a57-6f1c9a1f0b12", "name": "Main door", "last_minute": 21,
                "last_five_minutes": 96, "admitted": 340, "denied": 17, "left": 28}],
            "denials": [{"reason": "already_inside", "scans": 11}, {"reason": "too_early", "scans": 6}],
            "devices": [{"id": "0199f3a2-6f0e-7c40-8a57-6f1c9a1f0b13", "name": "Door 1", "gate": "Main door",
                "held_by": "Ana", "battery": 64, "data_at": "2026-11-20T23:12:05Z", "data_is_old": false,
                "queue_length": 0, "last_seen_at": "2026-11-20T23:12:10Z", "state": "seen"}],
            "conflicts": [],
            "arrivals": [{"from": "2026-11-20T23:00:00Z", "came": 140, "total": 312}]
        })),
        (status = 401, body = web::Problem), (status = 403, body = web::Problem),
        (status = 404, description = "`not_found`: no such event", body = web::Problem)
    ), security(("session" = [])))]
pub async fn get(
    door: Data<Door>,
    _: Staff<can::DoorSupervise>,
    event: Path<String>,
) -> Result<HttpResponse, Fault> {
    let named = event_named(&mut *door.db.conn().await?, &event).await?;
    let event = named.ok_or_else(faults::event_not_found)?;
    let newest = door.live.read(&door.db, event.uuid(), door.clock.now()).await?;
    let newest = newest.ok_or_else(faults::event_not_found)?;
    Ok(HttpResponse::Ok().json(&*newest))
}
