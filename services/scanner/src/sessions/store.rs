//! All SQL on ended sessions.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ids::SessionId;
use uuid::Uuid;
use web::Standing;

use crate::schema::ended_sessions::dsl::{ended_at, ended_sessions, expires_at, revoked, session_id};

/// Ends a session. Ending it twice is ending it once.
pub async fn end(
    conn: &mut Conn,
    session: SessionId,
    now: DateTime<Utc>,
    expires: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::insert_into(ended_sessions)
        .values((session_id.eq(session.uuid()), ended_at.eq(now), expires_at.eq(expires)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a session that somebody else than its person has ended.
pub async fn revoke(
    conn: &mut Conn,
    session: SessionId,
    now: DateTime<Utc>,
    expires: DateTime<Utc>,
) -> Result<(), DbError> {
    let row = (session_id.eq(session.uuid()), ended_at.eq(now), expires_at.eq(expires), revoked.eq(true));
    diesel::insert_into(ended_sessions).values(row).on_conflict_do_nothing().execute(conn).await?;
    Ok(())
}

/// The ended sessions whose tokens would still be good, and how they ended.
pub async fn all(conn: &mut Conn, now: DateTime<Utc>) -> Result<HashMap<SessionId, Standing>, DbError> {
    let rows: Vec<(Uuid, bool)> =
        ended_sessions.filter(expires_at.gt(now)).select((session_id, revoked)).load(conn).await?;
    let standing = |by_another| if by_another { Standing::Revoked } else { Standing::Ended };
    Ok(rows.into_iter().map(|(id, by_another)| (SessionId::from_uuid(id), standing(by_another))).collect())
}

/// Forgets sessions whose tokens have died by themselves.
pub async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::delete(ended_sessions.filter(expires_at.lt(before))).execute(conn).await?)
}
