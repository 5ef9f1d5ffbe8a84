//! Conflicts, what was done about them, and what could not be matched.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::{OptionalExtension, QueryableByName, sql_query, sql_types, sql_types::Array};
use diesel_async::RunQueryDsl;
use domain::ids::{EventId, StaffId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::sync::conflicts::{Conflict, ConflictView};

const COLUMNS: &str = "scan_id, event_id, ticket_id, zone_id, at, gate_id, gate_name, device, staff_id, first_scan_id, first_at,
    first_gate_name, first_device, first_staff_id, kind, judged";

/// The conflicts of these tickets.
pub async fn of_tickets(conn: &mut Conn, tickets: &[Uuid]) -> Result<Vec<Conflict>, DbError> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let found =
        sql_query(format!("SELECT {COLUMNS} FROM conflicts WHERE ticket_id = ANY($1) ORDER BY at, scan_id"))
            .bind::<Array<sql_types::Uuid>, _>(tickets)
            .load(conn)
            .await?;
    Ok(found)
}

/// The conflicts of an event with what is known of the ticket and what was done, the newest first; those that nobody closed before
/// the others.
pub async fn of_event(conn: &mut Conn, event: EventId) -> Result<Vec<ConflictView>, DbError> {
    let found = sql_query(
        "SELECT c.*, a.holder_name AS holder, a.type_name, a.order_reference, n.note, n.staff_id AS closed_by, n.closed_at
           FROM conflicts c LEFT JOIN admissions a ON a.ticket_id = c.ticket_id LEFT JOIN conflict_notes n ON n.scan_id = c.scan_id
          WHERE c.event_id = $1 ORDER BY n.closed_at IS NOT NULL, c.at DESC, c.scan_id LIMIT 1000",
    )
    .bind::<sql_types::Uuid, _>(event.uuid())
    .load(conn)
    .await?;
    Ok(found)
}

/// The ticket of a conflict and its night, if this scan is one.
pub async fn ticket_of(conn: &mut Conn, scan: Uuid) -> Result<Option<(Uuid, Uuid)>, DbError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = sql_types::Uuid)]
        ticket_id: Uuid,
        #[diesel(sql_type = sql_types::Uuid)]
        event_id: Uuid,
    }
    let found: Option<Found> =
        sql_query("SELECT ticket_id, event_id FROM conflicts WHERE scan_id = $1 LIMIT 1")
            .bind::<sql_types::Uuid, _>(scan)
            .get_result(conn)
            .await
            .optional()?;
    Ok(found.map(|found| (found.ticket_id, found.event_id)))
}

/// Notes what was done about a conflict; `false` if somebody has already.
pub async fn close(
    conn: &mut Conn,
    scan: Uuid,
    note: &str,
    staff: StaffId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let written = sql_query(
        "INSERT INTO conflict_notes (scan_id, note, staff_id, closed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind::<sql_types::Uuid, _>(scan)
    .bind::<sql_types::Text, _>(note)
    .bind::<sql_types::Uuid, _>(staff.uuid())
    .bind::<sql_types::Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(written > 0)
}

/// A scan that a phone brought and that could not be matched.
#[derive(Debug, Serialize, QueryableByName, ToSchema)]
pub struct UnmatchedView {
    /// It.
    #[diesel(sql_type = sql_types::Uuid)]
    pub id: Uuid,
    /// The phone.
    #[diesel(sql_type = sql_types::Uuid)]
    pub device: Uuid,
    /// Who scanned.
    #[diesel(sql_type = sql_types::Uuid)]
    pub staff_id: Uuid,
    /// Why: `shape`, `nonce`, `event`, `gate`, `code` or `reused`.
    #[diesel(sql_type = sql_types::Text)]
    pub problem: String,
    /// The event that it named.
    #[diesel(sql_type = sql_types::Text)]
    pub event: String,
    /// The gate that it named.
    #[diesel(sql_type = sql_types::Text)]
    pub gate: String,
    /// `entry` or `exit`.
    #[diesel(sql_type = sql_types::Text)]
    pub direction: String,
    /// What the phone decided.
    #[diesel(sql_type = sql_types::Text)]
    pub decision: String,
    /// When, by its corrected clock, if it said so.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    pub corrected_at: Option<DateTime<Utc>>,
    /// When it was brought.
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub recorded_at: DateTime<Utc>,
}

/// What could not be matched and names this event, or none that there is; the newest first.
pub async fn unmatched(conn: &mut Conn, event: EventId) -> Result<Vec<UnmatchedView>, DbError> {
    let found = sql_query(
        "SELECT id, device, staff_id, problem, event, gate, direction, decision, corrected_at, recorded_at FROM unmatched_scans
          WHERE event = $1 OR problem IN ('event', 'shape', 'nonce') ORDER BY recorded_at DESC, id LIMIT 500",
    )
    .bind::<sql_types::Text, _>(event.to_string())
    .load(conn)
    .await?;
    Ok(found)
}
