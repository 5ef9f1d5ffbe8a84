//! SQL of sessions and sign-ins.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use internal_api::marketing_admin::sessions::EndedSession;
use uuid::Uuid;

/// Writes a new session.
pub async fn insert(
    conn: &mut Conn,
    id: Uuid,
    staff: Uuid,
    audience: &str,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO sessions (id, staff_id, audience, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff)
    .bind::<Text, _>(audience)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Live {
    #[diesel(sql_type = Bool)]
    live: bool,
}

/// Whether the session has not ended and its person may still sign in; `false` for one that never was.
pub async fn is_live(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<bool, DbError> {
    let row: Option<Live> = diesel::sql_query(
        "SELECT sessions.ended_at IS NULL AND sessions.expires_at > $2 AND staff.disabled_at IS NULL AS live
         FROM sessions JOIN staff ON staff.id = sessions.staff_id WHERE sessions.id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.is_some_and(|row| row.live))
}

/// Ends a session; whether it was still alive.
pub async fn end(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<bool, DbError> {
    let ended = diesel::sql_query("UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(ended == 1)
}

/// The sessions of an audience that were ended since an instant and whose tokens might still be good.
pub async fn ended_since(
    conn: &mut Conn,
    audience: &str,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<EndedSession>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id AS session, ended_at, expires_at FROM sessions
         WHERE audience = $1 AND ended_at >= $2 AND expires_at > $3 - interval '5 minutes' ORDER BY ended_at",
    )
    .bind::<Text, _>(audience)
    .bind::<Timestamptz, _>(since)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?)
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many sign-ins of one client to an account were refused since an instant; the audit log has them.
pub async fn refused(
    conn: &mut Conn,
    target: &str,
    address: &str,
    since: DateTime<Utc>,
) -> Result<i64, DbError> {
    let row: Count = diesel::sql_query(
        "SELECT count(*) AS count FROM audit_log
         WHERE action = 'session.refused' AND target = $1 AND at > $2 AND detail ->> 'address' = $3",
    )
    .bind::<Text, _>(target)
    .bind::<Timestamptz, _>(since)
    .bind::<Text, _>(address)
    .get_result(conn)
    .await?;
    Ok(row.count)
}
