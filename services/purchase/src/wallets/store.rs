//! The SQL of passes that are kept up to date; of the phones that have them in [`devices`].

mod devices;

pub(super) use devices::*;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bytea, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::language::Language;
use uuid::Uuid;

use super::keep::Wallet;

/// A pass that is handed out.
#[derive(Debug)]
pub(super) struct NewPass {
    pub ticket: Uuid,
    pub wallet: Wallet,
    pub event: Uuid,
    pub language: Language,
    pub ticket_revision: i64,
    pub event_revision: i64,
    pub face: Vec<u8>,
    pub made_at: DateTime<Utc>,
}

/// Notes it, once.
pub(super) async fn insert(conn: &mut Conn, pass: &NewPass) -> Result<(), DbError> {
    sql_query(
        "INSERT INTO wallet_passes (ticket_id, wallet, event_id, language, ticket_revision, event_revision, face, made_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (ticket_id, wallet) DO NOTHING",
    )
    .bind::<SqlUuid, _>(pass.ticket)
    .bind::<Text, _>(pass.wallet.code())
    .bind::<SqlUuid, _>(pass.event)
    .bind::<Text, _>(pass.language.code())
    .bind::<BigInt, _>(pass.ticket_revision)
    .bind::<BigInt, _>(pass.event_revision)
    .bind::<Bytea, _>(&pass.face)
    .bind::<Timestamptz, _>(pass.made_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// When Apple's pass of a ticket changed.
#[derive(Debug, QueryableByName)]
pub(super) struct Version {
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub changed_at: DateTime<Utc>,
}

/// When Apple's pass of a ticket changed last, if one was handed out.
pub(crate) async fn version(conn: &mut Conn, ticket: Uuid) -> Result<Option<DateTime<Utc>>, DbError> {
    let row: Option<Version> = sql_query(
        "SELECT ticket_id, changed_at FROM wallet_passes WHERE ticket_id = $1 AND wallet = 'apple'",
    )
    .bind::<SqlUuid, _>(ticket)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|row| row.changed_at))
}

/// A pass whose ticket or night has another revision than was looked at.
#[derive(Debug, QueryableByName)]
pub(super) struct StaleRow {
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    #[diesel(sql_type = Text)]
    pub wallet: String,
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    #[diesel(sql_type = Bytea)]
    pub face: Vec<u8>,
    #[diesel(sql_type = Timestamptz)]
    pub changed_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub due_at: Option<DateTime<Utc>>,
}

/// Some of them, locked: another process passes them by.
pub(super) async fn stale(conn: &mut Conn, most: i64) -> Result<Vec<StaleRow>, DbError> {
    let rows = sql_query(
        "SELECT p.ticket_id, p.wallet, p.event_id, p.face, p.changed_at, p.due_at
           FROM wallet_passes p JOIN tickets t ON t.id = p.ticket_id JOIN events e ON e.id = p.event_id
          WHERE p.ticket_revision <> t.revision OR p.event_revision <> e.revision
          ORDER BY p.ticket_id, p.wallet LIMIT $1 FOR UPDATE OF p SKIP LOCKED",
    )
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows)
}

/// What was found when a pass was looked at.
#[derive(Debug)]
pub(super) struct Looked {
    pub ticket_revision: i64,
    pub event_revision: i64,
    pub face: Vec<u8>,
    pub changed_at: DateTime<Utc>,
    pub due_at: Option<DateTime<Utc>>,
}

/// Notes it.
pub(super) async fn note(conn: &mut Conn, pass: &StaleRow, looked: &Looked) -> Result<(), DbError> {
    sql_query(
        "UPDATE wallet_passes SET ticket_revision = $3, event_revision = $4, face = $5, changed_at = $6, due_at = $7,
                tries = CASE WHEN changed_at = $6 THEN tries ELSE 0 END
          WHERE ticket_id = $1 AND wallet = $2",
    )
    .bind::<SqlUuid, _>(pass.ticket_id)
    .bind::<Text, _>(&pass.wallet)
    .bind::<BigInt, _>(looked.ticket_revision)
    .bind::<BigInt, _>(looked.event_revision)
    .bind::<Bytea, _>(&looked.face)
    .bind::<Timestamptz, _>(looked.changed_at)
    .bind::<Nullable<Timestamptz>, _>(looked.due_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// A pass that Google is to be told of. `due_at` is until when nobody else does.
#[derive(Debug, QueryableByName)]
pub(super) struct DuePass {
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    #[diesel(sql_type = Text)]
    pub language: String,
    #[diesel(sql_type = Integer)]
    pub tries: i32,
    #[diesel(sql_type = Timestamptz)]
    pub due_at: DateTime<Utc>,
}

/// Takes some passes of which Google is due to be told, until an instant.
pub(super) async fn claim_passes(
    conn: &mut Conn,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    most: i64,
) -> Result<Vec<DuePass>, DbError> {
    let rows = sql_query(
        "UPDATE wallet_passes p SET due_at = $2
           FROM (SELECT ticket_id FROM wallet_passes WHERE wallet = 'google' AND due_at <= $1 ORDER BY due_at LIMIT $3
                    FOR UPDATE SKIP LOCKED) c
          WHERE p.wallet = 'google' AND p.ticket_id = c.ticket_id RETURNING p.ticket_id, p.language, p.tries, p.due_at",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(until)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Google knows a pass, unless it changed meanwhile.
pub(super) async fn pass_known(conn: &mut Conn, pass: &DuePass) -> Result<(), DbError> {
    sql_query(
        "UPDATE wallet_passes SET due_at = NULL, tries = 0
          WHERE ticket_id = $1 AND wallet = 'google' AND due_at = $2",
    )
    .bind::<SqlUuid, _>(pass.ticket_id)
    .bind::<Timestamptz, _>(pass.due_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Google is to be told of a pass later.
pub(super) async fn pass_later(conn: &mut Conn, pass: &DuePass, at: DateTime<Utc>) -> Result<(), DbError> {
    sql_query(
        "UPDATE wallet_passes SET due_at = $3, tries = tries + 1
          WHERE ticket_id = $1 AND wallet = 'google' AND due_at = $2",
    )
    .bind::<SqlUuid, _>(pass.ticket_id)
    .bind::<Timestamptz, _>(pass.due_at)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets the passes of nights that were over before an instant, and the phones that have none left.
pub(crate) async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<(), DbError> {
    for gone in [
        "DELETE FROM wallet_registrations r USING tickets t, events e
          WHERE t.id = r.ticket_id AND e.id = t.event_id AND e.ends_at < $1",
        "DELETE FROM wallet_passes p USING events e WHERE e.id = p.event_id AND e.ends_at < $1",
        // One that registers at this moment was seen a moment ago.
        "DELETE FROM wallet_devices d WHERE d.seen_at < $1
            AND NOT EXISTS (SELECT FROM wallet_registrations r WHERE r.device = d.device)",
    ] {
        sql_query(gone).bind::<Timestamptz, _>(before).execute(conn).await?;
    }
    Ok(())
}
