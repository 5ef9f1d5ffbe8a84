//! SQL of guests' sessions.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// Days without a visit after which a session is over.
const IDLE: &str = "interval '30 days'";

#[derive(diesel::QueryableByName)]
struct Live {
    #[diesel(sql_type = Bool)]
    live: bool,
}

/// Whether the session is still good; `false` for one that never was.
pub async fn is_live(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<bool, DbError> {
    let row: Option<Live> = diesel::sql_query(format!(
        "SELECT s.ended_at IS NULL AND s.expires_at > $2 AND s.seen_at > $2 - {IDLE} AND a.erased_at IS NULL AS live
         FROM guest_sessions s JOIN accounts a ON a.id = s.account_id WHERE s.id = $1"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.is_some_and(|row| row.live))
}

/// Ends an account's sessions but one; how many were still open.
pub async fn end_all(
    conn: &mut Conn,
    account: Uuid,
    but: Option<Uuid>,
    why: &str,
    now: DateTime<Utc>,
) -> Result<usize, DbError> {
    Ok(diesel::sql_query(
        "UPDATE guest_sessions SET ended_at = $4, ended_why = $3
         WHERE account_id = $1 AND ended_at IS NULL AND ($2 IS NULL OR id <> $2)",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Nullable<SqlUuid>, _>(but)
    .bind::<Text, _>(why)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?)
}

/// Ends one session of an account; whether it was still open.
pub async fn end_one(
    conn: &mut Conn,
    account: Uuid,
    id: Uuid,
    why: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let ended = diesel::sql_query(
        "UPDATE guest_sessions SET ended_at = $4, ended_why = $3
         WHERE account_id = $1 AND id = $2 AND ended_at IS NULL",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(why)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(ended == 1)
}

/// A session to be.
#[derive(Debug)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct NewSession<'a> {
    pub id: Uuid,
    pub account: Uuid,
    pub proof: &'a str,
    pub second_factor: bool,
    pub address: &'a str,
    pub agent: &'a str,
    pub csrf: &'a str,
}

/// Begins a session; it ends by itself after half a year.
pub async fn insert(conn: &mut Conn, new: &NewSession<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO guest_sessions (id, account_id, proof, second_factor, created_at, seen_at, expires_at, address, agent,
                                     proved_at, csrf)
         VALUES ($1, $2, $3, $4, $5, $5, $5 + interval '180 days', $6, left($7, 400), $5, $8)",
    )
    .bind::<SqlUuid, _>(new.id)
    .bind::<SqlUuid, _>(new.account)
    .bind::<Text, _>(new.proof)
    .bind::<Bool, _>(new.second_factor)
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(new.address)
    .bind::<Text, _>(new.agent)
    .bind::<Text, _>(new.csrf)
    .execute(conn)
    .await?;
    Ok(())
}

/// What a session's token says.
#[derive(Debug, Clone, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migrations")]
pub struct Told {
    #[diesel(sql_type = SqlUuid)]
    pub account_id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub email: Option<String>,
    #[diesel(sql_type = Text)]
    pub language: String,
    #[diesel(sql_type = Timestamptz)]
    pub proved_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub csrf: String,
}

/// What the token of a session says now.
pub async fn told(conn: &mut Conn, id: Uuid) -> Result<Option<Told>, DbError> {
    Ok(diesel::sql_query(
        "SELECT s.account_id, a.name, a.email, a.language, s.proved_at, s.expires_at, s.csrf
         FROM guest_sessions s JOIN accounts a ON a.id = s.account_id WHERE s.id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await
    .optional()?)
}

/// Notes that the guest proved afresh who they are.
pub async fn proved(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query("UPDATE guest_sessions SET proved_at = $2 WHERE id = $1 AND ended_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// A session as its guest sees it.
#[derive(Debug, Clone, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Open {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub proof: String,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub seen_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub address: String,
    #[diesel(sql_type = Text)]
    pub agent: String,
}

/// The open sessions of an account, the last seen first.
pub async fn open_of(conn: &mut Conn, account: Uuid, now: DateTime<Utc>) -> Result<Vec<Open>, DbError> {
    Ok(diesel::sql_query(format!(
        "SELECT id, proof, created_at, seen_at, address, agent FROM guest_sessions
         WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 AND seen_at > $2 - {IDLE}
         ORDER BY seen_at DESC, id DESC LIMIT 100"
    ))
    .bind::<SqlUuid, _>(account)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?)
}

/// Forgets sessions that were over before an instant, with their refresh tokens.
pub async fn clear(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::sql_query(format!(
        "DELETE FROM guest_sessions WHERE ended_at < $1 OR expires_at < $1 OR seen_at < $1 - {IDLE}"
    ))
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}
