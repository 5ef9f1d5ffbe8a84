//! All SQL on incidents.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::schema::{incident_notes, incidents};

/// A row of `incidents`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = incidents)]
pub struct IncidentRow {
    /// The incident.
    pub id: Uuid,
    /// The phone that reported it.
    pub device: Uuid,
    /// Chosen by the phone, once per report.
    pub nonce: String,
    /// Digest of what was reported: a nonce must not be used for something else.
    pub content: Vec<u8>,
    /// The night.
    pub event_id: Uuid,
    /// The gate, if it was at one.
    pub gate_id: Option<Uuid>,
    /// What it is about, see [`super::Kind`].
    pub kind: String,
    /// What happened.
    pub text: String,
    /// The ticket it is about.
    pub ticket_id: Option<Uuid>,
    /// The order it is about.
    pub order_reference: Option<String>,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// When we heard of it.
    pub recorded_at: DateTime<Utc>,
    /// Who reported it.
    pub staff_id: Uuid,
    /// Their name.
    pub staff_name: String,
    /// A photograph, which may have been erased since.
    pub photo: Option<Uuid>,
}

/// A row of `incident_notes`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = incident_notes)]
pub struct NoteRow {
    /// The note.
    pub id: Uuid,
    /// What it is about.
    pub incident_id: Uuid,
    /// What it says.
    pub text: String,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// By whom.
    pub staff_id: Uuid,
    /// Their name.
    pub staff_name: String,
    /// Whether nothing more will come of the incident.
    pub closes: bool,
}

/// Adds an incident; `false` if its nonce was used before.
pub async fn add(conn: &mut Conn, row: &IncidentRow) -> Result<bool, DbError> {
    let once = (incidents::device, incidents::nonce);
    let added = diesel::insert_into(incidents::table).values(row).on_conflict(once).do_nothing();
    Ok(added.execute(conn).await? > 0)
}

/// What a phone reported under a nonce.
pub async fn of_nonce(conn: &mut Conn, device: Uuid, nonce: &str) -> Result<Option<IncidentRow>, DbError> {
    let found = incidents::table.filter(incidents::device.eq(device).and(incidents::nonce.eq(nonce)));
    Ok(found.select(IncidentRow::as_select()).first(conn).await.optional()?)
}

/// The incidents of a night, the latest first.
pub async fn of_event(conn: &mut Conn, event: Uuid, most: i64) -> Result<Vec<IncidentRow>, DbError> {
    let found = incidents::table.filter(incidents::event_id.eq(event));
    let latest = found.order((incidents::at.desc(), incidents::id.desc())).limit(most);
    Ok(latest.select(IncidentRow::as_select()).load(conn).await?)
}

/// How many incidents a night has.
pub async fn count(conn: &mut Conn, event: Uuid) -> Result<i64, DbError> {
    Ok(incidents::table.filter(incidents::event_id.eq(event)).count().get_result(conn).await?)
}

/// The night of an incident, if there is one.
pub async fn event_of(conn: &mut Conn, incident: Uuid) -> Result<Option<Uuid>, DbError> {
    Ok(incidents::table.find(incident).select(incidents::event_id).first(conn).await.optional()?)
}

/// The notes on these incidents, the first written first.
pub async fn notes_on(conn: &mut Conn, incidents: &[Uuid]) -> Result<Vec<NoteRow>, DbError> {
    let found = incident_notes::table.filter(incident_notes::incident_id.eq_any(incidents));
    Ok(found.order(incident_notes::id).select(NoteRow::as_select()).load(conn).await?)
}

/// Adds a note.
pub async fn note(conn: &mut Conn, row: &NoteRow) -> Result<(), DbError> {
    diesel::insert_into(incident_notes::table).values(row).execute(conn).await?;
    Ok(())
}

/// Erases incidents that were recorded before an instant, with their notes, at most so many.
pub async fn erase(conn: &mut Conn, before: DateTime<Utc>, most: i64) -> Result<usize, DbError> {
    let erased = diesel::sql_query(
        "DELETE FROM incidents WHERE id IN (SELECT id FROM incidents WHERE recorded_at < $1 LIMIT $2)",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(most)
    .execute(conn)
    .await?;
    Ok(erased)
}
