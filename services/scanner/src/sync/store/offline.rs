//! Scans that phones decided.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use db::{Conn, DbError};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{self, Array, Jsonb, Text},
};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use uuid::Uuid;

use crate::{admissions::facts::Facts, sync::reading::Unmatched};

/// The first locks, see `lock_offline`.
pub async fn lock(conn: &mut Conn, nonces: &[String], nights: &[Uuid]) -> Result<(), DbError> {
    sql_query("SELECT lock_offline($1, $2)")
        .bind::<Array<Text>, _>(nonces)
        .bind::<Array<sql_types::Uuid>, _>(nights)
        .execute(conn)
        .await?;
    Ok(())
}

/// A scan that is here already.
#[derive(Debug, QueryableByName)]
pub struct Held {
    /// The scan.
    #[diesel(sql_type = sql_types::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    nonce: String,
    /// What its nonce stands for, `\x…`.
    #[diesel(sql_type = Text)]
    pub content: String,
    /// What was decided, by whoever did.
    #[diesel(sql_type = Text)]
    pub decision: String,
    #[diesel(sql_type = Text)]
    said: String,
}

impl Held {
    /// What the server said.
    pub fn said(&self) -> &str {
        &self.said
    }
}

/// Which of these nonces of a device stand for a scan.
pub async fn held(
    conn: &mut Conn,
    device: Uuid,
    nonces: &[String],
) -> Result<HashMap<String, Held>, DbError> {
    let rows: Vec<Held> = sql_query(
        "SELECT id, nonce, '\\x' || encode(content, 'hex') AS content, decision, coalesce(judged, reason) AS said FROM scans
          WHERE device = $1 AND nonce = ANY($2)",
    )
    .bind::<sql_types::Uuid, _>(device)
    .bind::<Array<Text>, _>(nonces)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|held| (held.nonce.clone(), held)).collect())
}

/// Which of these scans are here, whatever they are of.
pub async fn taken(conn: &mut Conn, ids: &[Uuid]) -> Result<HashSet<Uuid>, DbError> {
    #[derive(QueryableByName)]
    struct Taken {
        #[diesel(sql_type = sql_types::Uuid)]
        id: Uuid,
    }
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let rows: Vec<Taken> = sql_query("SELECT id FROM scans WHERE id = ANY($1)")
        .bind::<Array<sql_types::Uuid>, _>(ids)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Adds who came in with these tickets by the same scans under another device's key. A phone was enrolled, or enrolled anew, or somebody
/// else signed in on one that is not, before the answer to them came: they are the same scans all the same. `scans` are nonces and what
/// these stand for, those that `held` does not have.
pub async fn held_elsewhere(
    conn: &mut Conn,
    device: Uuid,
    tickets: &[Uuid],
    scans: &[(String, String)],
    held: &mut HashMap<String, Held>,
) -> Result<(), DbError> {
    if tickets.is_empty() || scans.is_empty() {
        return Ok(());
    }
    let (nonces, contents): (Vec<String>, Vec<String>) = scans.iter().cloned().unzip();
    let rows: Vec<Held> = sql_query(
        "SELECT s.id, s.nonce, '\\x' || encode(s.content, 'hex') AS content, s.decision, coalesce(s.judged, s.reason) AS said
           FROM entries e JOIN scans s ON s.id = e.scan_id
           JOIN unnest($3, $4) AS told (nonce, content) ON told.nonce = s.nonce AND told.content::bytea = s.content
          WHERE e.ticket_id = ANY($1) AND s.device <> $2 ORDER BY s.recorded_at DESC, s.id DESC",
    )
    .bind::<Array<sql_types::Uuid>, _>(tickets)
    .bind::<sql_types::Uuid, _>(device)
    .bind::<Array<Text>, _>(&nonces)
    .bind::<Array<Text>, _>(&contents)
    .load(conn)
    .await?;
    // The first that was recorded comes last, and stays.
    held.extend(rows.into_iter().map(|found| (found.nonce.clone(), found)));
    Ok(())
}

/// What is known of a ticket, with its stay in a zone.
#[derive(Debug, QueryableByName)]
#[expect(
    missing_docs,
    reason = "the columns of `admissions` and `ticket_types`, and of the last of its stays"
)]
pub struct Known {
    #[diesel(sql_type = sql_types::Uuid)]
    zone: Uuid,
    #[diesel(sql_type = sql_types::Uuid)]
    pub ticket_id: Uuid,
    #[diesel(sql_type = sql_types::Uuid)]
    pub event_id: Uuid,
    #[diesel(sql_type = sql_types::Uuid)]
    pub zone_id: Uuid,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = sql_types::Bool)]
    pub banned: bool,
    #[diesel(sql_type = Text)]
    pub type_name: String,
    #[diesel(sql_type = Text)]
    pub holder_name: String,
    #[diesel(sql_type = Text)]
    pub attention: String,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    pub admit_from: Option<DateTime<Utc>>,
    /// The ticket's own or its type's, the earlier.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    pub admit_until: Option<DateTime<Utc>>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Date>)]
    pub birth_date: Option<NaiveDate>,
    /// Whether its type is known.
    #[diesel(sql_type = sql_types::Bool)]
    pub typed: bool,
    #[diesel(sql_type = sql_types::Bool)]
    pub asks_id: bool,
    #[diesel(sql_type = sql_types::Bool)]
    pub rotating_code: bool,
    #[diesel(sql_type = sql_types::Nullable<sql_types::SmallInt>)]
    pub entries_allowed: Option<i16>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::SmallInt>)]
    pub nth: Option<i16>,
    /// Whether anybody is inside with it.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Bool>)]
    pub inside: Option<bool>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    pub last_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Uuid>)]
    pub last_gate_id: Option<Uuid>,
    #[diesel(sql_type = sql_types::Nullable<Text>)]
    pub last_gate_name: Option<String>,
}

/// What is known of tickets as seen from zones, by both. Somebody beside the ticket's own guest is inside as well, for an exit.
pub async fn known(conn: &mut Conn, pairs: &[(Uuid, Uuid)]) -> Result<HashMap<(Uuid, Uuid), Known>, DbError> {
    let (tickets, zones): (Vec<Uuid>, Vec<Uuid>) = pairs.iter().copied().unzip();
    let rows: Vec<Known> = sql_query(
        "SELECT asked.zone, a.ticket_id, a.event_id, a.zone_id, a.status, a.banned, a.type_name, a.holder_name,
                concat_ws(' · ', case when a.banned then nullif(a.ban_note, '') end, nullif(a.attention, '')) AS attention,
                t.admit_from, least(a.admit_until, t.admit_until) AS admit_until, t.id IS NOT NULL AS typed, coalesce(t.asks_id, false) AS asks_id,
                coalesce(t.rotating_code, false) AS rotating_code, a.birth_date,
                t.entries_allowed, s.nth,
                EXISTS (SELECT FROM entries WHERE ticket_id = asked.ticket AND zone_id = asked.zone AND annulled_at IS NULL
                           AND left_at IS NULL) AS inside,
                s.admitted_at AS last_at, s.gate_id AS last_gate_id, s.gate_name AS last_gate_name
           FROM unnest($1, $2) AS asked (ticket, zone)
           JOIN admissions a ON a.ticket_id = asked.ticket
           LEFT JOIN ticket_types t ON t.id = a.ticket_type_id
           LEFT JOIN LATERAL (
                SELECT nth, admitted_at, gate_id, gate_name FROM entries
                 WHERE ticket_id = asked.ticket AND zone_id = asked.zone AND is_primary AND annulled_at IS NULL
                 ORDER BY nth DESC LIMIT 1) s ON true",
    )
    .bind::<Array<sql_types::Uuid>, _>(&tickets)
    .bind::<Array<sql_types::Uuid>, _>(&zones)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|known| ((known.ticket_id, known.zone), known)).collect())
}

/// One scan on its way into `record_offline`.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the columns of `scans` and `entries`")]
pub struct OfflineRow {
    pub id: Uuid,
    pub device: Uuid,
    pub nonce: String,
    pub content: String,
    pub event: Uuid,
    pub gate: Uuid,
    pub gate_name: String,
    pub zone: Uuid,
    pub staff: Uuid,
    pub language: &'static str,
    pub ticket: Option<Uuid>,
    pub direction: &'static str,
    pub decision: &'static str,
    pub reason: &'static str,
    pub judged: &'static str,
    /// The same scan as the server answered it, where that was otherwise.
    pub against: Option<Uuid>,
    pub forced: bool,
    pub override_note: Option<String>,
    /// When it was taken back on the phone.
    pub undone_at: Option<DateTime<Utc>>,
    /// Why, if it was.
    #[serde(skip)]
    pub undone_for: String,
    pub facts: Facts,
    pub scanned_at: DateTime<Utc>,
    pub corrected_at: DateTime<Utc>,
    /// The time that counts.
    pub at: DateTime<Utc>,
    pub now: DateTime<Utc>,
    pub time_suspect: bool,
    pub message_id: Uuid,
    pub payload: String,
    pub traceparent: Option<String>,
}

/// Writes scans down that are not here yet.
pub async fn record(conn: &mut Conn, rows: &[OfflineRow]) -> Result<(), DbError> {
    if rows.is_empty() {
        return Ok(());
    }
    sql_query("SELECT record_offline($1)").bind::<Jsonb, _>(json(rows)?).execute(conn).await?;
    Ok(())
}

/// Puts the stays of a ticket in a zone in order again, after one of them was taken back; gives by how much that changes the people inside.
pub async fn settle(conn: &mut Conn, event: Uuid, ticket: Uuid, zone: Uuid) -> Result<i64, DbError> {
    #[derive(QueryableByName)]
    struct Change {
        #[diesel(sql_type = sql_types::BigInt)]
        bodies: i64,
    }
    let change: Change = sql_query(
        "SELECT coalesce((settle_entries(ARRAY[$1], ARRAY[$2], '{}') ->> $3)::bigint, 0) AS bodies",
    )
    .bind::<sql_types::Uuid, _>(ticket)
    .bind::<sql_types::Uuid, _>(zone)
    .bind::<Text, _>(event.to_string())
    .get_result(conn)
    .await?;
    Ok(change.bodies)
}

/// Keeps what could not be matched, once.
pub async fn keep(conn: &mut Conn, rows: &[Unmatched]) -> Result<(), DbError> {
    if rows.is_empty() {
        return Ok(());
    }
    sql_query(
        "INSERT INTO unmatched_scans SELECT * FROM jsonb_populate_recordset(null::unmatched_scans, $1) ON CONFLICT DO NOTHING",
    )
    .bind::<Jsonb, _>(json(rows)?)
    .execute(conn)
    .await?;
    Ok(())
}

fn json(rows: &[impl Serialize]) -> Result<serde_json::Value, DbError> {
    serde_json::to_value(rows)
        .map_err(|error| DbError::Other(diesel::result::Error::SerializationError(Box::new(error))))
}
