//! `POST /api/v1/incidents`: whoever stands at the door says what happened.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, Staff, can};

use super::{Kind, store};
use crate::{
    Door,
    admissions::{scan::check_nonce, storable},
    devices, faults, guests, photos,
};

/// The longest text of a report, or of a note on one, in characters; the tables say the same.
pub(super) const LONGEST_TEXT: usize = 2000;

/// An incident as it is reported.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentRequest {
    /// The event's id or slug.
    pub event: String,
    /// The gate, if it was at one.
    #[serde(default)]
    pub gate: Option<Uuid>,
    /// What it is about.
    pub kind: Kind,
    /// What happened.
    #[schema(example = "Refused: too drunk to stand. Went home in a taxi.")]
    pub text: String,
    /// The ticket it is about.
    #[serde(default)]
    pub ticket: Option<Uuid>,
    /// The reference of the order it is about.
    #[serde(default)]
    #[schema(example = "MAGUEY42")]
    pub order_reference: Option<String>,
    /// When it happened, by the phone's clock; now if nothing is said. May be hours ago: phones lose their network.
    #[serde(default)]
    pub at: Option<DateTime<Utc>>,
    /// Chosen by the phone, once per report and kept for its repeats.
    pub nonce: String,
    /// A photograph taken with `of=incident`.
    #[serde(default)]
    pub photo: Option<Uuid>,
}

/// What became of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reported {
    /// The incident.
    pub id: Uuid,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// Records an incident; the same report again gets the same answer.
#[utoipa::path(post, path = "/api/v1/incidents", tag = "incidents", request_body = IncidentRequest,
    responses((status = 201, body = Reported), (status = 200, description = "Reported before", body = Reported),
        (status = 404, description = "No such event or gate", body = web::Problem),
        (status = 409, description = "`incident_id_reused`: the nonce was used for another report", body = web::Problem),
        (status = 422, body = web::Problem)), security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    http: HttpRequest,
    asked: ApiJson<IncidentRequest>,
) -> Result<HttpResponse, Fault> {
    let (reported, new) = report(&door, &staff, &http, asked.into_inner()).await?;
    Ok(if new { HttpResponse::Created() } else { HttpResponse::Ok() }.json(reported))
}

/// Records an incident; also whether it is new.
pub async fn report<P>(
    door: &Door,
    staff: &Staff<P>,
    http: &HttpRequest,
    asked: IncidentRequest,
) -> Result<(Reported, bool), Fault> {
    let device = devices::caller(door, http, staff.id).await?.id;
    let now = door.clock.now();
    let text = checked(&asked)?;
    let mut conn = door.db.conn().await?;
    let event = crate::door::store::event_named(&mut conn, &asked.event)
        .await?
        .ok_or_else(faults::event_not_found)?;
    staff.within(event)?;
    let event = event.uuid();
    if let Some(gate) = asked.gate
        && !crate::door::store::has_gate(&mut conn, event, gate).await?
    {
        return Err(faults::gate_not_found());
    }
    if let Some(photo) = asked.photo
        && !photos::store::is_there(&mut conn, photo, "incident").await?
    {
        return Err(Fault::invalid("invalid_value").field("photo", "invalid_value"));
    }
    let order = asked.order_reference.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let row = store::IncidentRow {
        id: Uuid::now_v7(),
        device,
        content: content(event, &asked, &text, order),
        nonce: asked.nonce,
        event_id: event,
        gate_id: asked.gate,
        kind: asked.kind.code().to_owned(),
        text,
        ticket_id: asked.ticket,
        order_reference: order.map(str::to_uppercase),
        // Nothing has happened that is yet to come: such a clock is wrong.
        at: asked.at.map_or(now, |at| storable(at.min(now))),
        recorded_at: now,
        staff_id: staff.id.uuid(),
        staff_name: staff.name.clone(),
        photo: asked.photo,
    };
    if store::add(&mut conn, &row).await? {
        if let Some(ticket) = row.ticket_id {
            guests::store::again(&mut conn, ticket).await?;
        }
        tracing::info!(incident = %row.id, kind = row.kind, "incident recorded");
        return Ok((Reported { id: row.id, at: row.at, recorded_at: now }, true));
    }
    match store::of_nonce(&mut conn, row.device, &row.nonce).await? {
        Some(first) if first.content == row.content => {
            Ok((Reported { id: first.id, at: first.at, recorded_at: first.recorded_at }, false))
        }
        _ => Err(Fault::conflict("incident_id_reused").detail("This nonce was used for another report.")),
    }
}

/// The text without the space around it; 422 for what can't be a report.
fn checked(asked: &IncidentRequest) -> Result<String, Fault> {
    check_nonce(&asked.nonce)?;
    if asked.order_reference.as_ref().is_some_and(|reference| reference.trim().chars().count() > 40) {
        return Err(Fault::invalid("validation_failed").field("order_reference", "too_long"));
    }
    faults::said("text", &asked.text, LONGEST_TEXT)
}

/// What the nonce stands for; the clock is no part of it, since a repeat may be stamped anew.
fn content(event: Uuid, asked: &IncidentRequest, text: &str, order: Option<&str>) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(event);
    for id in [asked.gate, asked.ticket, asked.photo] {
        digest.update(id.unwrap_or_default());
    }
    digest.update(asked.kind.code());
    digest.update([0_u8]);
    digest.update(order.unwrap_or_default());
    digest.update([0_u8]);
    digest.update(text);
    digest.finalize().to_vec()
}
