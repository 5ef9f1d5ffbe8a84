//! SQL of accounts as the ticket site knows them.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{BigInt, Bool, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// An account, as marketing-admin told of it last.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct AccountRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub revision: i64,
    #[diesel(sql_type = Nullable<Text>)]
    pub email: Option<String>,
    #[diesel(sql_type = Bool)]
    pub erased: bool,
    #[diesel(sql_type = Timestamptz)]
    pub changed_at: DateTime<Utc>,
}

/// The account, as it stays until the transaction ends.
pub(crate) async fn hold(conn: &mut Conn, id: Uuid) -> Result<Option<AccountRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, revision, email, erased, changed_at FROM accounts WHERE id = $1 FOR UPDATE",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await
    .optional()?)
}

/// Writes a snapshot; `false` for one that is no newer than what is held. Who was erased stays so.
pub(crate) async fn put(conn: &mut Conn, row: &AccountRow) -> Result<bool, DbError> {
    let written = diesel::sql_query(
        "INSERT INTO accounts AS held (id, revision, email, erased, changed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE
         SET revision = excluded.revision, erased = held.erased OR excluded.erased, changed_at = excluded.changed_at,
             email = CASE WHEN held.erased OR excluded.erased THEN NULL ELSE excluded.email END
         WHERE held.revision < excluded.revision",
    )
    .bind::<SqlUuid, _>(row.id)
    .bind::<BigInt, _>(row.revision)
    .bind::<Nullable<Text>, _>(&row.email)
    .bind::<Bool, _>(row.erased)
    .bind::<Timestamptz, _>(row.changed_at)
    .execute(conn)
    .await?;
    Ok(written == 1)
}

#[derive(QueryableByName)]
struct Proven {
    #[diesel(sql_type = Text)]
    email: String,
}

/// The address that a token tells, unless another was heard of its account, or none: a token may be some minutes old.
pub(crate) async fn proven(
    conn: &mut Conn,
    account: Uuid,
    told: Option<&str>,
) -> Result<Option<String>, DbError> {
    let Some(told) = told else { return Ok(None) };
    let proven: Option<Proven> = diesel::sql_query(
        "SELECT lower($2) AS email
          WHERE NOT EXISTS (SELECT FROM accounts WHERE id = $1 AND email IS DISTINCT FROM lower($2))",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Text, _>(told)
    .get_result(conn)
    .await
    .optional()?;
    Ok(proven.map(|row| row.email))
}

/// Notes that a session ended.
pub(crate) async fn end_session(conn: &mut Conn, session: Uuid, at: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO ended_guest_sessions (session_id, ended_at) VALUES ($1, $2) ON CONFLICT (session_id) DO NOTHING",
    )
    .bind::<SqlUuid, _>(session)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Bool)]
    known: bool,
}

/// Whether a session was ended before its time, or its account erased.
pub(crate) async fn is_ended(conn: &mut Conn, session: Uuid, account: Uuid) -> Result<bool, DbError> {
    let row: Known = diesel::sql_query(
        "SELECT EXISTS (SELECT FROM ended_guest_sessions WHERE session_id = $1)
             OR EXISTS (SELECT FROM accounts WHERE id = $2 AND erased) AS known",
    )
    .bind::<SqlUuid, _>(session)
    .bind::<SqlUuid, _>(account)
    .get_result(conn)
    .await?;
    Ok(row.known)
}

/// Forgets sessions that ended before an instant: no token of theirs is good any more.
pub(crate) async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::sql_query("DELETE FROM ended_guest_sessions WHERE ended_at < $1")
        .bind::<Timestamptz, _>(before)
        .execute(conn)
        .await?)
}

/// Puts an order into an account: who was signed in bought it. An order is one account's for good.
pub(crate) async fn claim(
    conn: &mut Conn,
    order: Uuid,
    account: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO account_orders (order_id, account_id, claimed_at) VALUES ($1, $2, $3) ON CONFLICT (order_id) DO NOTHING",
    )
    .bind::<SqlUuid, _>(order)
    .bind::<SqlUuid, _>(account)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes who is to be forgotten.
pub(crate) async fn ask_erasure(
    conn: &mut Conn,
    account: Uuid,
    email: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO erasures_open (account_id, email, asked_at) VALUES ($1, $2, $3) ON CONFLICT (account_id) DO NOTHING",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Nullable<Text>, _>(email)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// A public key of guests' sessions.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(crate) struct KeyRow {
    #[diesel(sql_type = Text)]
    pub kid: String,
    #[diesel(sql_type = Bytea)]
    pub public_key: Vec<u8>,
}

/// The keys as last heard.
pub(crate) async fn keys(conn: &mut Conn) -> Result<Vec<KeyRow>, DbError> {
    Ok(diesel::sql_query("SELECT kid, public_key FROM guest_keys ORDER BY kid").load(conn).await?)
}

/// Writes down the keys that are good now, and those alone.
pub(crate) async fn put_keys(conn: &mut Conn, keys: &[KeyRow], now: DateTime<Utc>) -> Result<(), DbError> {
    let kids: Vec<&str> = keys.iter().map(|key| key.kid.as_str()).collect();
    diesel::sql_query("DELETE FROM guest_keys WHERE kid <> ALL ($1)")
        .bind::<diesel::sql_types::Array<Text>, _>(&kids)
        .execute(conn)
        .await?;
    for key in keys {
        diesel::sql_query(
            "INSERT INTO guest_keys (kid, public_key, heard_at) VALUES ($1, $2, $3)
             ON CONFLICT (kid) DO UPDATE SET public_key = excluded.public_key, heard_at = excluded.heard_at",
        )
        .bind::<Text, _>(&key.kid)
        .bind::<Bytea, _>(&key.public_key)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    }
    Ok(())
}
