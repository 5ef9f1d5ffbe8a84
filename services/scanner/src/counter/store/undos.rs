//! The SQL of scans that are undone.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Bool, Bytea, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// A scan as far as its undoing asks.
#[derive(Debug, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns of scans, and the gate's name")]
pub struct ScanRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub gate_id: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    pub gate_name: Option<String>,
    #[diesel(sql_type = SqlUuid)]
    pub zone_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub ticket_id: Option<Uuid>,
    #[diesel(sql_type = SqlUuid)]
    pub staff_id: Uuid,
    #[diesel(sql_type = Text)]
    pub decision: String,
    #[diesel(sql_type = Text)]
    pub reason: String,
    #[diesel(sql_type = Text)]
    pub direction: String,
    #[diesel(sql_type = Timestamptz)]
    pub scanned_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub corrected_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Timestamptz)]
    pub recorded_at: DateTime<Utc>,
}

/// A scan. Its row never changes.
pub async fn scan(conn: &mut Conn, id: Uuid) -> Result<Option<ScanRow>, DbError> {
    let found = diesel::sql_query(
        "SELECT s.id, s.event_id, s.gate_id, g.name AS gate_name, s.zone_id, s.ticket_id, s.staff_id, s.decision, s.reason,
                s.direction, s.scanned_at, s.corrected_at, s.recorded_at
         FROM scans s LEFT JOIN gates g ON g.id = s.gate_id WHERE s.id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await;
    Ok(found.optional()?)
}

/// Whether this person has let nobody else through since who has not been undone. The ids of scans rise with time, so that a few
/// rows at the end of the key are read, and no index costs every scan. What a phone brought whose clock is days ahead has a later id
/// and was there before all the same.
pub async fn is_last(conn: &mut Conn, scan: &ScanRow) -> Result<bool, DbError> {
    let later = diesel::sql_query(
        "SELECT FROM scans s WHERE s.id > $1 AND s.staff_id = $2 AND s.decision = 'admit' AND s.recorded_at >= $3
           AND NOT EXISTS (SELECT FROM undos u WHERE u.scan_id = s.id) LIMIT 1",
    )
    .bind::<SqlUuid, _>(scan.id)
    .bind::<SqlUuid, _>(scan.staff_id)
    .bind::<Timestamptz, _>(scan.recorded_at)
    .execute(conn)
    .await?;
    Ok(later == 0)
}

/// When a scan was undone, if it was.
pub async fn undone_at(conn: &mut Conn, scan: Uuid) -> Result<Option<DateTime<Utc>>, DbError> {
    #[derive(diesel::QueryableByName)]
    struct Undone {
        #[diesel(sql_type = Timestamptz)]
        at: DateTime<Utc>,
    }
    let found: Option<Undone> = diesel::sql_query("SELECT at FROM undos WHERE scan_id = $1")
        .bind::<SqlUuid, _>(scan)
        .get_result(conn)
        .await
        .optional()?;
    Ok(found.map(|undone| undone.at))
}

/// Annuls the entry that a scan made; says whether its guest was still inside. None if it made none, or none that still stands.
/// Whoever came in beside it with the same right, offline or by a supervisor's word, has it from now on: else the ticket would look
/// unused, with somebody inside.
pub async fn annul(conn: &mut Conn, scan: &ScanRow, now: DateTime<Utc>) -> Result<Option<bool>, DbError> {
    #[derive(diesel::QueryableByName)]
    struct Annulled {
        #[diesel(sql_type = Bool)]
        was_inside: bool,
        #[diesel(sql_type = Bool)]
        is_primary: bool,
        #[diesel(sql_type = SmallInt)]
        nth: i16,
    }
    let annulled: Option<Annulled> = diesel::sql_query(
        "UPDATE entries SET annulled_at = $2 WHERE scan_id = $1 AND annulled_at IS NULL
         RETURNING left_at IS NULL AS was_inside, is_primary, nth",
    )
    .bind::<SqlUuid, _>(scan.id)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?;
    let Some(annulled) = annulled else { return Ok(None) };
    if annulled.is_primary {
        diesel::sql_query(
            "UPDATE entries SET is_primary = true WHERE scan_id = (
                 SELECT scan_id FROM entries WHERE ticket_id = $1 AND zone_id = $2 AND nth = $3
                     AND NOT is_primary AND annulled_at IS NULL
                 ORDER BY forced, admitted_at, scan_id LIMIT 1)",
        )
        .bind::<Nullable<SqlUuid>, _>(scan.ticket_id)
        .bind::<SqlUuid, _>(scan.zone_id)
        .bind::<SmallInt, _>(annulled.nth)
        .execute(conn)
        .await?;
    }
    Ok(Some(annulled.was_inside))
}

/// Opens the stay again that a scan ended: of one that a phone decided, the time that counts is that of its corrected clock. Gives how
/// many more are inside then: none, of an exit that a phone reported before anybody had heard of the entry. Nothing if the stay was
/// undone, or its guest has come in anew since: then somebody would be inside twice.
pub async fn reopen(conn: &mut Conn, scan: &ScanRow) -> Result<Option<i32>, DbError> {
    let opened = diesel::sql_query(
        "UPDATE entries SET left_at = NULL, left_gate_id = NULL, left_gate_name = NULL WHERE scan_id = (
             SELECT e.scan_id FROM entries e WHERE e.ticket_id = $1 AND e.zone_id = $2 AND e.left_gate_id = $3
                 AND e.left_at IN ($4, $5, $6) AND e.annulled_at IS NULL
                 AND NOT EXISTS (SELECT FROM entries later WHERE later.ticket_id = e.ticket_id AND later.zone_id = e.zone_id
                     AND later.is_primary AND later.annulled_at IS NULL AND later.nth > e.nth)
             ORDER BY e.nth DESC, e.is_primary DESC LIMIT 1)",
    )
    .bind::<Nullable<SqlUuid>, _>(scan.ticket_id)
    .bind::<SqlUuid, _>(scan.zone_id)
    .bind::<SqlUuid, _>(scan.gate_id)
    .bind::<Timestamptz, _>(scan.recorded_at)
    .bind::<Timestamptz, _>(scan.scanned_at)
    .bind::<Nullable<Timestamptz>, _>(scan.corrected_at)
    .execute(conn)
    .await?;
    // Else the next report of a phone would end the stay again.
    let erased = diesel::sql_query(
        "DELETE FROM exits WHERE ticket_id = $1 AND zone_id = $2 AND gate_id = $3 AND left_at IN ($4, $5, $6)",
    )
    .bind::<Nullable<SqlUuid>, _>(scan.ticket_id)
    .bind::<SqlUuid, _>(scan.zone_id)
    .bind::<SqlUuid, _>(scan.gate_id)
    .bind::<Timestamptz, _>(scan.recorded_at)
    .bind::<Timestamptz, _>(scan.scanned_at)
    .bind::<Nullable<Timestamptz>, _>(scan.corrected_at)
    .execute(conn)
    .await?;
    if opened > 0 {
        return Ok(Some(1));
    }
    Ok((erased > 0 && !ended_a_stay(conn, scan).await?).then_some(0))
}

/// Whether a stay stands that a scan ended.
async fn ended_a_stay(conn: &mut Conn, scan: &ScanRow) -> Result<bool, DbError> {
    let ended = diesel::sql_query(
        "SELECT FROM entries WHERE ticket_id = $1 AND zone_id = $2 AND left_gate_id = $3 AND left_at IN ($4, $5, $6)
             AND annulled_at IS NULL LIMIT 1",
    )
    .bind::<Nullable<SqlUuid>, _>(scan.ticket_id)
    .bind::<SqlUuid, _>(scan.zone_id)
    .bind::<SqlUuid, _>(scan.gate_id)
    .bind::<Timestamptz, _>(scan.recorded_at)
    .bind::<Timestamptz, _>(scan.scanned_at)
    .bind::<Nullable<Timestamptz>, _>(scan.corrected_at)
    .execute(conn)
    .await?;
    Ok(ended > 0)
}

/// That a scan was undone.
#[derive(Debug)]
#[expect(missing_docs, reason = "columns of undos")]
pub struct UndoRow<'a> {
    pub scan: Uuid,
    pub event: Uuid,
    pub ticket: Uuid,
    pub inside: i32,
    pub reason: &'a str,
    pub device: Uuid,
    pub staff: Uuid,
    pub at: DateTime<Utc>,
}

/// Adds it.
pub async fn add(conn: &mut Conn, undo: &UndoRow<'_>) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO undos (scan_id, event_id, ticket_id, inside, reason, device, staff_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(undo.scan)
    .bind::<SqlUuid, _>(undo.event)
    .bind::<SqlUuid, _>(undo.ticket)
    .bind::<Integer, _>(undo.inside)
    .bind::<Text, _>(undo.reason)
    .bind::<SqlUuid, _>(undo.device)
    .bind::<SqlUuid, _>(undo.staff)
    .bind::<Timestamptz, _>(undo.at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The message that told of a scan, while the outbox still has it.
pub async fn told(conn: &mut Conn, scan: Uuid) -> Result<Option<Vec<u8>>, DbError> {
    #[derive(diesel::QueryableByName)]
    struct Told {
        #[diesel(sql_type = Nullable<Bytea>)]
        payload: Option<Vec<u8>>,
    }
    let found: Option<Told> = diesel::sql_query(
        "SELECT payload FROM outbox WHERE subject = 'ticket.scanned' AND aggregate = $1 AND revision = 1 LIMIT 1",
    )
    .bind::<Text, _>(scan.to_string())
    .get_result(conn)
    .await
    .optional()?;
    Ok(found.and_then(|told| told.payload))
}
