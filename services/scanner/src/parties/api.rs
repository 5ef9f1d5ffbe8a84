//! `GET /api/v1/events/{event}/parties`: the parties of a night as they are now.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use web::{Fault, Staff};

use super::{Hosts, watch};
use crate::door::store::event_named;
use crate::{Door, faults};

/// Tells who is expected at the tables of a night, who is arriving, and who is here.
#[utoipa::path(get, path = "/api/v1/events/{event}/parties", tag = "live",
    params(("event" = String, Path, description = "The event's id or slug", example = "friday-agave")),
    responses(
        (status = 200, body = super::night::PartyList, example = json!({
            "event": "0199f3a2-6f0e-7c40-8a57-6f1c9a1f0b11", "title": "Friday agave", "time_zone": "Europe/Madrid",
            "parties": [{"reservation": "0199f3a2-6f0e-7c40-8a57-6f1c9a1f0b21", "stage": "inside", "tables": ["12"], "booker": "Ana",
                "host": "Eva", "people": 8, "inside": 3, "arrives_at": "2026-11-20T23:00:00Z", "late_minutes": 0,
                "came_at": "2026-11-20T23:04:10Z", "gate": "Main door"}]
        })),
        (status = 401, body = web::Problem), (status = 403, body = web::Problem),
        (status = 404, description = "`not_found`: no such event", body = web::Problem)
    ), security(("session" = [])))]
pub async fn get(door: Data<Door>, staff: Staff<Hosts>, event: Path<String>) -> Result<HttpResponse, Fault> {
    let named = event_named(&mut *door.db.conn().await?, &event).await?;
    let event = named.ok_or_else(faults::event_not_found)?;
    staff.within(event)?;
    let newest = watch::read(&door.db, event.uuid(), door.clock.now()).await?;
    let newest = newest.ok_or_else(faults::event_not_found)?;
    Ok(HttpResponse::Ok().json(&*newest))
}
