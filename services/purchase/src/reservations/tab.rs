//! `POST /internal/v1/reservations/{id}/tab`: what the party has spent so far, as its host enters it.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json, Path};
use audit::Actor;
use domain::reservation::ReservationState;
use internal_api::purchase::reservations::{ReservationView, TabRequest};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::desk::{Command, changed, only_in};
use crate::Shop;

/// The most that a table spends, minor units: ten million.
const MOST_MINOR: i64 = 1_000_000_000;

/// Writes the amount down. 409 `invalid_state` unless the party is expected or here.
pub async fn tab(
    caller: ServiceCaller<callers::Desk>,
    request_id: RequestId,
    shop: Data<Shop>,
    request: HttpRequest,
    id: Path<Uuid>,
    body: ApiJson<TabRequest>,
) -> Result<Json<ReservationView>, Fault> {
    let body = body.into_inner();
    let spent = fair(body.spent_minor)?;
    let command = Command::of(&request, *id, "reservation.tab", &body, Actor::caller(&caller, &request_id))?;
    let now = shop.clock.now();
    let view = shop
        .db
        .transaction(async |conn| {
            let Some(opened) = command.begin_one(conn, now).await? else { return command.again(conn).await };
            let mut row = opened.row;
            only_in(&row, &[ReservationState::Confirmed, ReservationState::CheckedIn])?;
            let detail =
                json!({"before_minor": row.spent_minor, "after_minor": spent, "currency": row.currency});
            if row.spent_minor != spent {
                row.spent_minor = spent;
                changed(conn, &mut row, "tab", now).await?;
            }
            command.done(conn, detail, now).await
        })
        .await?;
    shop.bus.wake_relay();
    Ok(Json(view))
}

/// An amount that a table can have spent, or 422 `invalid_amount`.
pub(super) fn fair(spent_minor: i64) -> Result<i64, Fault> {
    if (0..=MOST_MINOR).contains(&spent_minor) {
        return Ok(spent_minor);
    }
    Err(Fault::invalid("invalid_amount").field("spent_minor", "invalid_amount"))
}
