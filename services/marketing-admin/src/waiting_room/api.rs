//! `/api/v1/events/{event}/waiting-room`: the switch, for staff's programs.

use actix_web::web::{Data, Json, Path};
use uuid::Uuid;
use web::can::WaitingRoomSwitch;
use web::{ApiJson, Fault, Problem};

use super::purchase::{self, RoomInput, RoomView};
use crate::Desk;
use crate::staff::Member;

/// How a night's waiting room stands.
#[utoipa::path(
    get, path = "/api/v1/events/{event}/waiting-room", tag = "waiting room", security(("staff" = [])),
    params(("event" = Uuid, Path)),
    responses(
        (status = 200, body = RoomView),
        (status = 404, description = "`not_found`: the ticket site knows no such night", body = Problem),
        (status = 503, description = "`unavailable`: the ticket site does not answer", body = Problem),
    )
)]
pub async fn show(
    desk: Data<Desk>,
    member: Member<WaitingRoomSwitch>,
    event: Path<Uuid>,
) -> Result<Json<RoomView>, Fault> {
    Ok(Json(purchase::room(&desk, &member, *event).await?))
}

/// Opens it, closes it, or lets it open and close by itself; and says how many guests a minute it lets in. The same again changes nothing.
#[utoipa::path(
    put, path = "/api/v1/events/{event}/waiting-room", tag = "waiting room", request_body = RoomInput, security(("staff" = [])),
    params(("event" = Uuid, Path)),
    responses(
        (status = 200, body = RoomView),
        (status = 404, description = "`not_found`: the ticket site knows no such night", body = Problem),
        (status = 409, description = "`not_on_sale`: there is nothing to wait for", body = Problem),
        (status = 422, description = "`invalid_quantity`, `invalid_value`, `unknown_field`", body = Problem),
        (status = 503, description = "`unavailable`: the ticket site does not answer; ask again", body = Problem),
    )
)]
pub async fn switch(
    desk: Data<Desk>,
    member: Member<WaitingRoomSwitch>,
    event: Path<Uuid>,
    input: ApiJson<RoomInput>,
) -> Result<Json<RoomView>, Fault> {
    Ok(Json(purchase::switch(&desk, &member, *event, &input.into_inner()).await?))
}
