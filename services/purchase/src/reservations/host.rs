//! `POST /internal/v1/reservations/{id}/host`: who looks after the table.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json, Path};
use audit::Actor;
use domain::reservation::ReservationState;
use internal_api::purchase::reservations::{HostRequest, ReservationView};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::desk::{Command, changed, only_in};
use crate::Shop;

/// Characters of a name.
const LONGEST: usize = 100;

/// Writes the name down. 409 `invalid_state` where nobody waits for a table any more.
pub async fn host(
    caller: ServiceCaller<callers::Desk>,
    request_id: RequestId,
    shop: Data<Shop>,
    request: HttpRequest,
    id: Path<Uuid>,
    body: ApiJson<HostRequest>,
) -> Result<Json<ReservationView>, Fault> {
    let body = body.into_inner();
    let host = body.host.trim();
    if host.chars().count() > LONGEST || host.chars().any(char::is_control) {
        return Err(Fault::invalid("invalid_name").field("host", "invalid_name"));
    }
    let actor = Actor::caller(&caller, &request_id);
    let command = Command::of(&request, *id, "reservation.host", &body, actor)?;
    let now = shop.clock.now();
    let view = shop
        .db
        .transaction(async |conn| {
            let Some(opened) = command.begin_one(conn, now).await? else { return command.again(conn).await };
            let mut row = opened.row;
            only_in(&row, &HAS_A_HOST)?;
            let detail = json!({"before": row.host, "after": host});
            if row.host != host {
                host.clone_into(&mut row.host);
                changed(conn, &mut row, "host", now).await?;
            }
            command.done(conn, detail, now).await
        })
        .await?;
    shop.bus.wake_relay();
    Ok(Json(view))
}

/// Who is expected, or here.
const HAS_A_HOST: [ReservationState; 4] = [
    ReservationState::Requested,
    ReservationState::Pending,
    ReservationState::Confirmed,
    ReservationState::CheckedIn,
];
