//! `POST /internal/v1/reservations/{id}/close`: the party has left, and its bill is settled.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json, Path};
use audit::Actor;
use domain::reservation::{Step, balance_minor};
use internal_api::purchase::reservations::{CloseRequest, ReservationView};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::desk::{Command, after};
use super::follow::take;
use super::tab::fair;
use crate::Shop;

/// Closes it. What was still owed at the venue stands in the audit log. 409 `invalid_state` unless the party is here.
pub async fn close(
    caller: ServiceCaller<callers::Desk>,
    request_id: RequestId,
    shop: Data<Shop>,
    request: HttpRequest,
    id: Path<Uuid>,
    body: ApiJson<CloseRequest>,
) -> Result<Json<ReservationView>, Fault> {
    let body = body.into_inner();
    let spent = fair(body.spent_minor)?;
    let command =
        Command::of(&request, *id, "reservation.closed", &body, Actor::caller(&caller, &request_id))?;
    let now = shop.clock.now();
    let view = shop
        .db
        .transaction(async |conn| {
            let Some(opened) = command.begin_one(conn, now).await? else { return command.again(conn).await };
            let mut row = opened.row;
            let next = after(&row, Step::Close)?;
            row.spent_minor = spent;
            let balance = balance_minor(row.minimum_minor, spent, row.deposit_minor);
            let detail = json!({"spent_minor": spent, "balance_minor": balance, "currency": row.currency});
            take(conn, &mut row, next, Step::Close.code(), now).await?;
            command.done(conn, detail, now).await
        })
        .await?;
    shop.bus.wake_relay();
    Ok(Json(view))
}
