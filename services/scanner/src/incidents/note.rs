//! `POST /api/v1/incidents/{incident}/notes`: what followed. Nothing that was written is changed; a note is added.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use audit::Actor;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, Staff, can};

use super::{list::NoteView, report::LONGEST_TEXT, store};
use crate::{Door, faults};

/// A note as it is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteRequest {
    /// What it says.
    #[schema(example = "The ambulance came at 02:10.")]
    pub text: String,
    /// Whether nothing more will come of the incident, no claim and no police. An open one is kept for whoever asks to be forgotten.
    #[serde(default)]
    pub closes: bool,
}

/// Adds a note to an incident.
#[utoipa::path(post, path = "/api/v1/incidents/{incident}/notes", tag = "incidents", request_body = NoteRequest,
    params(("incident" = Uuid, Path, description = "The incident")),
    responses((status = 201, body = NoteView), (status = 403, body = web::Problem), (status = 404, body = web::Problem),
        (status = 422, body = web::Problem)), security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    request: RequestId,
    incident: Path<Uuid>,
    asked: ApiJson<NoteRequest>,
) -> Result<HttpResponse, Fault> {
    let (note, _) = note(&door, &staff, &request, incident.into_inner(), &asked).await?;
    Ok(HttpResponse::Created().json(note))
}

/// Adds a note; also the night of its incident.
pub async fn note<P>(
    door: &Door,
    staff: &Staff<P>,
    request: &RequestId,
    incident: Uuid,
    asked: &NoteRequest,
) -> Result<(NoteView, Uuid), Fault> {
    let text = faults::said("text", &asked.text, LONGEST_TEXT)?;
    let (now, actor) = (door.clock.now(), Actor::staff(staff, request));
    let row = store::NoteRow {
        id: Uuid::now_v7(),
        incident_id: incident,
        text,
        at: now,
        staff_id: staff.id.uuid(),
        staff_name: staff.name.clone(),
        closes: asked.closes,
    };
    let event = door
        .db
        .transaction(async |conn| {
            let event = store::event_of(conn, incident).await?.ok_or_else(Fault::not_found)?;
            staff.within(event.into())?;
            store::note(conn, &row).await?;
            let detail = json!({"note": row.id, "closes": row.closes});
            audit::record(conn, &actor, "incident.noted", &incident.to_string(), detail, now).await?;
            Ok::<_, Fault>(event)
        })
        .await?;
    Ok((row.into(), event))
}
