//! A phone is taken off the door: `POST /api/v1/devices/{device}/revoke`, and the page with its question first. Every session
//! that was opened on it ends with it, because what a thief has in hand is the session as well as the phone.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    web::{Data, Path},
};
use audit::Actor;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use web::{CsrfForm, Fault, Html, Locale, RequestId, Staff, can, redirect};

use super::{
    store::{self, hands},
    views::RevokePage,
};
use crate::{Door, faults};

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFields {}

/// Takes a phone off. Twice is once.
#[utoipa::path(post, path = "/api/v1/devices/{device}/revoke", tag = "devices",
    params(("device" = Uuid, Path, description = "The phone's key")),
    responses((status = 204, description = "It, and who is signed in on it, get 401 `token_revoked` within a minute"),
        (status = 401, body = web::Problem), (status = 403, body = web::Problem), (status = 404, body = web::Problem)),
    security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::DoorSupervise>,
    request: RequestId,
    device: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    revoke(&door, &staff, &request, *device).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Asks whether that is meant.
pub async fn confirm(
    door: Data<Door>,
    staff: Staff<can::DoorSupervise>,
    request: HttpRequest,
    locale: Locale,
    device: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let mut conn = door.db.conn().await?;
    let state =
        store::state(&mut conn, *device, door.clock.now()).await?.ok_or_else(faults::device_not_found)?;
    let page = RevokePage::new(locale.0, &door.links, staff.csrf_token(), state);
    Ok(Html(page).respond_to(&request))
}

/// It is.
pub async fn submit(
    door: Data<Door>,
    request: RequestId,
    device: Path<Uuid>,
    form: CsrfForm<NoFields, can::DoorSupervise>,
) -> Result<HttpResponse, Fault> {
    revoke(&door, &form.staff, &request, *device).await?;
    Ok(redirect::see_other("/devices"))
}

async fn revoke(
    door: &Door,
    staff: &Staff<can::DoorSupervise>,
    request: &RequestId,
    device: Uuid,
) -> Result<(), Fault> {
    let (actor, now) = (Actor::staff(staff, request), door.clock.now());
    let ended = door
        .db
        .transaction(async |conn| {
            if !store::revoke(conn, device, staff.id.uuid(), now).await? {
                let known = store::state(conn, device, now).await?.is_some();
                return if known { Ok(Vec::new()) } else { Err(faults::device_not_found()) };
            }
            let ended = hands::end_sessions(conn, device, now).await?;
            let detail = json!({"sessions_ended": ended.len()});
            audit::record(conn, &actor, "device.revoked", &device.to_string(), detail, now).await?;
            Ok::<_, Fault>(ended)
        })
        .await?;
    door.ended.remember_revoked(&ended);
    super::known_here(door).await;
    tracing::info!(%device, staff = %staff.id, sessions = ended.len(), "a phone was taken off the door");
    Ok(())
}
