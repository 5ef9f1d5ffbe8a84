//! `GET /api/v1/events/{event}/incidents`: what happened tonight, for supervisors.

use actix_web::web::{Data, Json, Path};
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Fault, Staff, can};

use super::store::{self, IncidentRow, NoteRow};
use crate::{Door, faults};

/// Incidents that one answer holds.
pub const MOST: i64 = 500;

/// The incidents of a night.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentList {
    /// The latest first.
    pub incidents: Vec<IncidentView>,
}

/// An incident as supervisors see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentView {
    /// The incident.
    pub id: Uuid,
    /// The gate, if it was at one.
    pub gate: Option<Uuid>,
    /// What it is about.
    pub kind: String,
    /// What happened.
    pub text: String,
    /// The ticket it is about.
    pub ticket: Option<Uuid>,
    /// The order it is about.
    pub order_reference: Option<String>,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who reported it.
    pub staff: String,
    /// A photograph, which may have been erased since.
    pub photo: Option<Uuid>,
    /// What followed, the first note first.
    pub notes: Vec<NoteView>,
}

/// A note on an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteView {
    /// The note.
    pub id: Uuid,
    /// What it says.
    pub text: String,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// By whom.
    pub staff: String,
    /// Whether it says that nothing more will come of the incident.
    pub closes: bool,
}

impl From<NoteRow> for NoteView {
    fn from(row: NoteRow) -> Self {
        Self { id: row.id, text: row.text, at: row.at, staff: row.staff_name, closes: row.closes }
    }
}

/// Lists the incidents of a night.
#[utoipa::path(get, path = "/api/v1/events/{event}/incidents", tag = "incidents",
    params(("event" = String, Path, description = "The event's id or slug")),
    responses((status = 200, body = IncidentList), (status = 403, body = web::Problem), (status = 404, body = web::Problem)),
    security(("session" = [])))]
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    event: Path<String>,
) -> Result<Json<IncidentList>, Fault> {
    let mut conn = door.db.conn().await?;
    let event =
        crate::door::store::event_named(&mut conn, &event).await?.ok_or_else(faults::event_not_found)?;
    staff.within(event)?;
    Ok(Json(IncidentList { incidents: incidents(&mut conn, event.uuid()).await? }))
}

/// The incidents of a night with their notes.
pub async fn incidents(conn: &mut Conn, event: Uuid) -> Result<Vec<IncidentView>, DbError> {
    let rows = store::of_event(conn, event, MOST).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut notes = store::notes_on(conn, &ids).await?;
    let views = rows.into_iter().map(|row| {
        let (of_this, rest): (Vec<_>, Vec<_>) = notes.drain(..).partition(|note| note.incident_id == row.id);
        notes = rest;
        view(row, of_this)
    });
    Ok(views.collect())
}

fn view(row: IncidentRow, notes: Vec<NoteRow>) -> IncidentView {
    IncidentView {
        id: row.id,
        gate: row.gate_id,
        kind: row.kind,
        text: row.text,
        ticket: row.ticket_id,
        order_reference: row.order_reference,
        at: row.at,
        recorded_at: row.recorded_at,
        staff: row.staff_name,
        photo: row.photo,
        notes: notes.into_iter().map(NoteView::from).collect(),
    }
}
