//! `POST /api/v1/bans/{ban}/end`: a supervisor ends a ban.

use actix_web::web::{Data, Json, Path};
use audit::Actor;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, Staff, can};

use super::{list::BanView, make::text, store};
use crate::Door;

/// How a ban ends.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EndRequest {
    /// What was said for them; may be empty.
    #[schema(example = "Apologised, first time")]
    pub appeal_note: String,
}

/// Ends a ban; its tickets let in again.
#[utoipa::path(post, path = "/api/v1/bans/{ban}/end", tag = "bans", request_body = EndRequest,
    params(("ban" = Uuid, Path, description = "The ban")),
    responses((status = 200, body = BanView), (status = 403, body = web::Problem), (status = 404, body = web::Problem),
        (status = 409, description = "`ban_ended`: somebody has ended it", body = web::Problem)),
    security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::DoorSupervise>,
    request: RequestId,
    ban: Path<Uuid>,
    asked: ApiJson<EndRequest>,
) -> Result<Json<BanView>, Fault> {
    Ok(Json(end(&door, &staff, &request, ban.into_inner(), &asked.appeal_note).await?))
}

/// Ends a ban, takes its marks from the tickets, and says so in the audit log.
pub async fn end(
    door: &Door,
    staff: &Staff<can::DoorSupervise>,
    request: &RequestId,
    ban: Uuid,
    appeal: &str,
) -> Result<BanView, Fault> {
    let appeal = text("appeal_note", appeal, 500)?;
    let (now, actor) = (door.clock.now(), Actor::staff(staff, request));
    let row = door
        .db
        .transaction(async |conn| {
            let row = store::locked(conn, ban).await?.ok_or_else(Fault::not_found)?;
            if row.ended_at.is_some() {
                return Err(Fault::conflict("ban_ended"));
            }
            let appeal = Some(appeal.as_str()).filter(|text| !text.is_empty());
            store::end(conn, ban, (staff.id.uuid(), staff.name.as_str()), appeal, now).await?;
            let tickets = match &row.name_key {
                Some(key) => store::flag(conn, std::slice::from_ref(key)).await?,
                None => 0,
            };
            audit::record(conn, &actor, "ban.ended", &ban.to_string(), json!({"tickets": tickets}), now)
                .await?;
            Ok::<_, Fault>(store::BanRow {
                in_force: false,
                ended_at: Some(now),
                ended_by: Some(staff.id.uuid()),
                ended_by_name: Some(staff.name.clone()),
                appeal_note: appeal.map(str::to_owned),
                ..row
            })
        })
        .await?;
    tracing::info!(%ban, "ban ended");
    Ok(BanView::new(row))
}
