//! All SQL on what the door holds about guests.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::admissions::store::AdmissionRow;

/// The name of a ticket as bans compare it, which may be empty; none for one that has neither name nor address.
pub async fn known_as(conn: &mut Conn, ticket: Uuid) -> Result<Option<String>, DbError> {
    #[derive(QueryableByName)]
    struct Known {
        #[diesel(sql_type = Text)]
        name_key: String,
    }
    let known: Option<Known> = diesel::sql_query(
        "SELECT name_key FROM admissions WHERE ticket_id = $1 AND (holder_name <> '' OR buyer_email_hash <> '')",
    )
    .bind::<SqlUuid, _>(ticket)
    .get_result(conn)
    .await
    .optional()?;
    Ok(known.map(|known| known.name_key))
}

/// Notes that a ticket's guest is to be forgotten, anew where the door's records were put back.
pub async fn note(conn: &mut Conn, row: &AdmissionRow, known_as: &str) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO forgotten (ticket_id, event_id, order_reference, ban_id, heard_at)
         SELECT $1, $2, $3, (SELECT id FROM bans WHERE in_force AND name_key = $4 ORDER BY id LIMIT 1), $5
         ON CONFLICT (ticket_id) DO UPDATE SET done_at = NULL, heard_at = excluded.heard_at",
    )
    .bind::<SqlUuid, _>(row.ticket_id)
    .bind::<SqlUuid, _>(row.event_id)
    .bind::<Text, _>(&row.order_reference)
    .bind::<Text, _>(known_as)
    .bind::<Timestamptz, _>(row.changed_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Something new was written beside a ticket, perhaps by a phone that was long without a network: if its guest was forgotten, that is due
/// again.
pub async fn again(conn: &mut Conn, ticket: Uuid) -> Result<(), DbError> {
    diesel::sql_query("UPDATE forgotten SET done_at = NULL WHERE ticket_id = $1")
        .bind::<SqlUuid, _>(ticket)
        .execute(conn)
        .await?;
    Ok(())
}

/// Erases the photographs of ticket holders who are to be forgotten.
pub async fn erase_photos(conn: &mut Conn) -> Result<(), DbError> {
    let photos =
        "DELETE FROM photos p USING forgotten f WHERE f.done_at IS NULL AND p.ticket_id = f.ticket_id";
    diesel::sql_query(photos).execute(conn).await?;
    Ok(())
}

/// What stands in the way of forgetting a ticket's guest.
#[derive(Debug, QueryableByName)]
pub struct Kept {
    /// The ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// `ban` or `incident`.
    #[diesel(sql_type = Text)]
    pub held_for: String,
    /// Which one.
    #[diesel(sql_type = SqlUuid)]
    pub held_by: Uuid,
}

/// Those who wait, with what stands in the way of each: a ban in force for the name, or the first open incident.
const WAITING: &str = "
    SELECT f.ticket_id, f.heard_at, CASE WHEN b.id IS NOT NULL THEN 'ban' WHEN i.id IS NOT NULL THEN 'incident' END AS held_for,
           coalesce(b.id, i.id) AS held_by
      FROM forgotten f
      LEFT JOIN bans b ON b.id = f.ban_id AND b.in_force
      LEFT JOIN LATERAL (SELECT o.incident_id AS id FROM incidents_of_forgotten o WHERE o.ticket_id = f.ticket_id AND o.open
                          ORDER BY o.incident_id LIMIT 1) i ON true
     WHERE f.done_at IS NULL";

/// Marks what stands in the way; gives what did not before.
pub async fn hold(conn: &mut Conn) -> Result<Vec<Kept>, DbError> {
    let sql = format!(
        "WITH waiting AS ({WAITING})
         UPDATE forgotten f SET held_for = w.held_for, held_by = w.held_by FROM waiting w
          WHERE w.ticket_id = f.ticket_id AND w.held_for IS NOT NULL AND f.held_by IS DISTINCT FROM w.held_by
         RETURNING f.ticket_id, f.held_for, f.held_by"
    );
    Ok(diesel::sql_query(sql).load(conn).await?)
}

/// Tickets whose guests nothing keeps any longer, the longest waiting first.
pub async fn free(conn: &mut Conn, most: i64) -> Result<Vec<Uuid>, DbError> {
    #[derive(QueryableByName)]
    struct Free {
        #[diesel(sql_type = SqlUuid)]
        ticket_id: Uuid,
    }
    let sql = format!(
        "WITH waiting AS ({WAITING}) SELECT ticket_id FROM waiting WHERE held_for IS NULL ORDER BY heard_at LIMIT $1"
    );
    let free: Vec<Free> = diesel::sql_query(sql).bind::<BigInt, _>(most).load(conn).await?;
    Ok(free.into_iter().map(|free| free.ticket_id).collect())
}

/// Forgets one, and says how much of what that took; none where something has come in the way.
pub async fn forget(conn: &mut Conn, ticket: Uuid, now: DateTime<Utc>) -> Result<Option<Value>, DbError> {
    #[derive(QueryableByName)]
    struct Gone {
        #[diesel(sql_type = Nullable<Jsonb>)]
        gone: Option<Value>,
    }
    let gone: Gone = diesel::sql_query("SELECT forget_ticket($1, $2) AS gone")
        .bind::<SqlUuid, _>(ticket)
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .await?;
    Ok(gone.gone)
}

/// What is held beside these tickets: one value of JSON, without the words of anybody.
pub async fn held(conn: &mut Conn, tickets: &[Uuid], now: DateTime<Utc>) -> Result<Value, DbError> {
    #[derive(QueryableByName)]
    struct Held {
        #[diesel(sql_type = Jsonb)]
        held: Value,
    }
    let row: Held = diesel::sql_query(HELD)
        .bind::<Array<SqlUuid>, _>(tickets.to_vec())
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .await?;
    Ok(row.held)
}

/// An incident's text, its notes and who wrote them are about others as well: they are not told here, only that there is one.
const HELD: &str = "
WITH theirs AS (
  SELECT a.ticket_id, a.event_id, e.title, a.birth_date, a.banned FROM admissions a JOIN events e ON e.id = a.event_id
   WHERE a.ticket_id = ANY ($1)),
nights AS (SELECT DISTINCT event_id, title FROM theirs)
SELECT jsonb_build_object(
  'tickets', (SELECT coalesce(jsonb_agg(jsonb_build_object('ticket', t.ticket_id, 'night', t.title, 'birth_date', t.birth_date,
      'name_is_banned', t.banned) ORDER BY t.ticket_id), '[]') FROM theirs t),
  'scans', (SELECT coalesce(jsonb_agg(jsonb_build_object('ticket', s.ticket_id, 'night', n.title, 'at', s.recorded_at, 'gate', g.name,
      'direction', s.direction, 'decision', s.decision, 'reason', s.reason) ORDER BY s.recorded_at, s.id), '[]')
    FROM nights n CROSS JOIN LATERAL scans_of($1, n.event_id, $2) s LEFT JOIN gates g ON g.id = s.gate_id),
  'let_in_without_code', (SELECT coalesce(jsonb_agg(jsonb_build_object('ticket', c.ticket_id, 'at', c.at, 'reason', c.reason)
      ORDER BY c.at), '[]') FROM check_ins c WHERE c.ticket_id = ANY ($1)),
  'incidents', (SELECT coalesce(jsonb_agg(jsonb_build_object('ticket', i.ticket_id, 'night', n.title, 'at', i.at, 'gate', g.name,
      'kind', i.kind, 'photographed', i.photo IS NOT NULL AND EXISTS (SELECT FROM photos p WHERE p.id = i.photo)) ORDER BY i.at), '[]')
    FROM nights n JOIN incidents i ON i.event_id = n.event_id AND i.ticket_id = ANY ($1) LEFT JOIN gates g ON g.id = i.gate_id),
  'photographs', (SELECT coalesce(jsonb_agg(jsonb_build_object('ticket', p.ticket_id, 'taken_at', p.taken_at)
      ORDER BY p.taken_at), '[]') FROM photos p WHERE p.ticket_id = ANY ($1))) AS held";
