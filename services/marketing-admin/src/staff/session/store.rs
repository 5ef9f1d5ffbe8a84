//! SQL of sessions and sign-ins.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use internal_api::marketing_admin::sessions::EndedSession;
use uuid::Uuid;

use crate::staff::member::IDLE;

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
    #[diesel(sql_type = Timestamptz)]
    seen_at: DateTime<Utc>,
}

/// When a live session was last used, to the minute; nothing if it has ended, was not used for longer than `idle`, its person
/// may not sign in any more, or it never was.
pub async fn last_seen(
    conn: &mut Conn,
    id: Uuid,
    idle: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, DbError> {
    let row: Option<Live> = diesel::sql_query(
        "SELECT sessions.ended_at IS NULL AND sessions.expires_at > $2 AND staff.disabled_at IS NULL
                AND coalesce(sessions.seen_at, sessions.created_at) > $3 AS live,
                coalesce(sessions.seen_at, sessions.created_at) AS seen_at
         FROM sessions JOIN staff ON staff.id = sessions.staff_id WHERE sessions.id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now - idle)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.filter(|row| row.live).map(|row| row.seen_at))
}

/// Whether the session is good still, at the desk.
pub async fn is_live(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<bool, DbError> {
    last_seen(conn, id, IDLE, now).await.map(|seen| seen.is_some())
}

/// Notes that a session is in use.
pub async fn seen(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE sessions SET seen_at = $2 WHERE id = $1 AND coalesce(seen_at, created_at) < $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
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

/// How many sign-ins of one client to an account, or to an address that is nobody's, were refused since an instant; the audit log has them.
pub async fn refused(
    conn: &mut Conn,
    target: &str,
    client: &str,
    since: DateTime<Utc>,
) -> Result<i64, DbError> {
    let row: Count = diesel::sql_query(
        "SELECT count(*) AS count FROM audit_log
         WHERE action = 'session.refused' AND target = $1 AND at > $2 AND detail ->> 'client' = $3",
    )
    .bind::<Text, _>(target)
    .bind::<Timestamptz, _>(since)
    .bind::<Text, _>(client)
    .get_result(conn)
    .await?;
    Ok(row.count)
}
