//! A refresh token is good once: it makes its successor. Used again later it was stolen, and its session ends.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Bool, Bytea, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::store;
use crate::identity::secret::hash;

/// Two tabs that renew at once both get in.
pub const AT_ONCE: TimeDelta = TimeDelta::seconds(10);

/// What became of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// The session goes on with the successor.
    On {
        /// Whose.
        account: Uuid,
        /// Which session.
        session: Uuid,
        /// When they last proved who they are.
        proved_at: DateTime<Utc>,
    },
    /// It was used before, and not just now: its session has ended.
    Stolen {
        /// Whose.
        account: Uuid,
        /// Which session.
        session: Uuid,
    },
    /// Nobody's, or of a session that is over.
    Nobody,
}

#[derive(diesel::QueryableByName)]
struct Held {
    #[diesel(sql_type = SqlUuid)]
    account_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    session_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    proved_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    used_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    open: bool,
}

/// Uses a refresh token and keeps its successor; in a transaction, which commits a theft too. `grace` is [`AT_ONCE`].
pub async fn renew(
    conn: &mut Conn,
    token: &str,
    successor: &str,
    grace: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Renewed, DbError> {
    let held: Option<Held> = diesel::sql_query(
        "SELECT s.account_id, r.session_id, s.proved_at, r.used_at, s.ended_at IS NULL AS open
         FROM refresh_tokens r JOIN guest_sessions s ON s.id = r.session_id WHERE r.token_hash = $1 FOR UPDATE",
    )
    .bind::<Bytea, _>(hash(token))
    .get_result(conn)
    .await
    .optional()?;
    let Some(held) = held.filter(|held| held.open) else { return Ok(Renewed::Nobody) };
    let (account, session) = (held.account_id, held.session_id);
    if held.used_at.is_some_and(|used| now - used > grace) {
        store::end_one(conn, account, session, "stolen", now).await?;
        return Ok(Renewed::Stolen { account, session });
    }
    if !store::is_live(conn, session, now).await? {
        return Ok(Renewed::Nobody);
    }
    keep(conn, successor, session, now).await?;
    diesel::sql_query(
        "UPDATE refresh_tokens SET used_at = $2, successor_hash = $3 WHERE token_hash = $1 AND used_at IS NULL",
    )
    .bind::<Bytea, _>(hash(token))
    .bind::<Timestamptz, _>(now)
    .bind::<Bytea, _>(hash(successor))
    .execute(conn)
    .await?;
    diesel::sql_query("UPDATE guest_sessions SET seen_at = greatest(seen_at, $2) WHERE id = $1")
        .bind::<SqlUuid, _>(session)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(Renewed::On { account, session, proved_at: held.proved_at })
}

/// Keeps a new refresh token of a session.
pub async fn keep(conn: &mut Conn, token: &str, session: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query("INSERT INTO refresh_tokens (token_hash, session_id, made_at) VALUES ($1, $2, $3)")
        .bind::<Bytea, _>(hash(token))
        .bind::<SqlUuid, _>(session)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}
