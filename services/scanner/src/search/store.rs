//! All SQL of the search and of check-ins.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::look_up;
use uuid::Uuid;

use super::LAST_SIGNS;
use crate::admissions::store::AdmissionRow;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Tickets that have a word beginning with each of these.
    Words(Vec<String>),
    /// Tickets of the person with this address.
    Address([u8; 32]),
}

/// A ticket that was found, with its last stay in its own zone.
#[derive(Debug, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns of admissions and entries")]
pub struct FoundRow {
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    #[diesel(sql_type = Text)]
    pub holder_name: String,
    #[diesel(sql_type = Text)]
    pub type_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub zone_name: Option<String>,
    #[diesel(sql_type = Text)]
    pub order_reference: String,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Bool)]
    pub banned: bool,
    #[diesel(sql_type = Text)]
    pub attention: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub admit_until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub admitted_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub left_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub gate_name: Option<String>,
}

/// The words a ticket is found by.
pub fn words_of(row: &AdmissionRow) -> Vec<String> {
    let mut words = look_up::words(&row.holder_name);
    let reference = look_up::words(&row.order_reference).concat();
    let last = |text: &str| -> String {
        let signs = text.chars().count();
        text.chars().skip(signs.saturating_sub(LAST_SIGNS)).collect()
    };
    for word in [last(&reference), last(&row.ticket_id.simple().to_string()), reference] {
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// Keeps what a ticket is found by in step with its row.
pub async fn remember(conn: &mut Conn, row: &AdmissionRow) -> Result<(), DbError> {
    diesel::sql_query(
        "WITH gone AS (DELETE FROM search_words WHERE ticket_id = $2 AND word <> ALL ($3))
         INSERT INTO search_words (event_id, word, ticket_id) SELECT $1, word, $2 FROM unnest($3) AS word
         ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(row.event_id)
    .bind::<SqlUuid, _>(row.ticket_id)
    .bind::<Array<Text>, _>(words_of(row))
    .execute(conn)
    .await?;
    Ok(())
}

/// What is told of the tickets `found`: first which, then, of those alone, where their guests are.
const TOLD: &str = "
    SELECT a.ticket_id, a.holder_name, a.type_name, z.name AS zone_name, a.order_reference, a.status, a.banned, a.attention,
           a.admit_until, stay.admitted_at, stay.left_at,
           CASE WHEN stay.left_at IS NULL THEN stay.gate_name ELSE stay.left_gate_name END AS gate_name
    FROM found a
    LEFT JOIN zones z ON z.id = a.zone_id
    LEFT JOIN LATERAL (SELECT * FROM entries e WHERE e.ticket_id = a.ticket_id AND e.zone_id = a.zone_id
        AND e.is_primary AND e.annulled_at IS NULL ORDER BY e.nth DESC LIMIT 1) AS stay ON true
    ORDER BY a.status <> 'valid', a.holder_name, a.order_reference, a.ticket_id";

/// Of more than so many the first are any: whoever typed so little types on. Sorting a whole house takes too long.
const SORTED: usize = 300;

/// Tickets of a night, the good ones first.
pub async fn find(
    conn: &mut Conn,
    event: Uuid,
    asked: &Asked,
    most: usize,
) -> Result<Vec<FoundRow>, DbError> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    match asked {
        Asked::Words(words) => by_words(conn, event, words, most).await,
        Asked::Address(hash) => by_address(conn, event, hash, most).await,
    }
}

async fn by_words(
    conn: &mut Conn,
    event: Uuid,
    words: &[String],
    most: i64,
) -> Result<Vec<FoundRow>, DbError> {
    // What begins with a word lies between it and itself with the last sign there is.
    let ends: Vec<String> = words.iter().map(|word| format!("{word}\u{10FFFF}")).collect();
    // Each word is one range of the index, read by itself (`OFFSET 0`); a ticket that is in all of them is meant.
    let rows = diesel::sql_query(format!(
        "WITH found AS (
             SELECT a.* FROM (
                 SELECT w.ticket_id FROM unnest($2, $3) AS typed (low, high)
                 CROSS JOIN LATERAL (SELECT ticket_id FROM search_words
                                     WHERE event_id = $1 AND word >= typed.low AND word < typed.high OFFSET 0) AS w
                 GROUP BY w.ticket_id HAVING count(DISTINCT typed.low) = cardinality($2) LIMIT {SORTED}) AS meant
             JOIN admissions a ON a.ticket_id = meant.ticket_id
             ORDER BY a.status <> 'valid', a.holder_name, a.order_reference, a.ticket_id LIMIT $4
         ) {TOLD}"
    ))
    .bind::<SqlUuid, _>(event)
    .bind::<Array<Text>, _>(words)
    .bind::<Array<Text>, _>(ends)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows)
}

async fn by_address(
    conn: &mut Conn,
    event: Uuid,
    hash: &[u8; 32],
    most: i64,
) -> Result<Vec<FoundRow>, DbError> {
    let rows = diesel::sql_query(format!(
        "WITH found AS (
             SELECT * FROM admissions WHERE event_id = $1 AND buyer_email_hash = $2 AND buyer_email_hash <> ''
             ORDER BY status <> 'valid', holder_name, order_reference, ticket_id LIMIT $3
         ) {TOLD}"
    ))
    .bind::<SqlUuid, _>(event)
    .bind::<Bytea, _>(hash.as_slice())
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Who is to be let in without a code, by whom and why.
#[derive(Debug)]
#[expect(missing_docs, reason = "columns of check_ins")]
pub struct CheckIn<'a> {
    pub device: Uuid,
    pub nonce: &'a str,
    pub event: Uuid,
    pub gate: Uuid,
    pub ticket: Uuid,
    pub reason: &'static str,
    pub note: Option<&'a str>,
    pub staff: Uuid,
    pub at: DateTime<Utc>,
}

/// Adds it; `false` if this device has used the nonce before.
pub async fn add_check_in(conn: &mut Conn, asked: &CheckIn<'_>) -> Result<bool, DbError> {
    let added = diesel::sql_query(
        "INSERT INTO check_ins (device, nonce, event_id, gate_id, ticket_id, reason, note, staff_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (device, nonce) DO NOTHING",
    )
    .bind::<SqlUuid, _>(asked.device)
    .bind::<Text, _>(asked.nonce)
    .bind::<SqlUuid, _>(asked.event)
    .bind::<SqlUuid, _>(asked.gate)
    .bind::<SqlUuid, _>(asked.ticket)
    .bind::<Text, _>(asked.reason)
    .bind::<Nullable<Text>, _>(asked.note)
    .bind::<SqlUuid, _>(asked.staff)
    .bind::<Timestamptz, _>(asked.at)
    .execute(conn)
    .await?;
    Ok(added > 0)
}
