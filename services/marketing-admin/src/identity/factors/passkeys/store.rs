//! SQL of passkeys, and of what browsers were asked.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError, Keep};
use diesel::OptionalExtension;
use diesel::sql_types::{Binary, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

/// How long a browser has to answer.
const LIVES: TimeDelta = TimeDelta::minutes(5);

/// What a browser is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A new passkey.
    Register,
    /// A passkey of a given account.
    Prove,
    /// Any passkey that it has for this club.
    Discover,
}

impl Kind {
    const fn code(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Prove => "prove",
            Self::Discover => "discover",
        }
    }
}

/// A passkey as stored.
#[derive(Debug, Clone, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Row {
    #[diesel(sql_type = Binary)]
    pub credential_id: Vec<u8>,
    #[diesel(sql_type = SqlUuid)]
    pub account_id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Jsonb)]
    pub passkey: Value,
    #[diesel(sql_type = Timestamptz)]
    pub made_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub used_at: Option<DateTime<Utc>>,
}

/// A challenge as taken.
#[derive(Debug, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Challenge {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub account_id: Option<Uuid>,
    #[diesel(sql_type = Jsonb)]
    pub state: Value,
    #[diesel(sql_type = Text)]
    kind: String,
}

impl Challenge {
    /// Whether it asked for this.
    pub fn is(&self, kind: Kind) -> bool {
        self.kind == kind.code()
    }
}

/// An account's passkeys, the oldest first.
pub async fn of_account(conn: &mut Conn, account: Uuid) -> Result<Vec<Row>, DbError> {
    Ok(diesel::sql_query(
        "SELECT credential_id, account_id, name, passkey, made_at, used_at FROM passkeys
          WHERE account_id = $1 ORDER BY made_at, credential_id",
    )
    .bind::<SqlUuid, _>(account)
    .kept()
    .load(conn)
    .await?)
}

/// The passkey of this key.
pub async fn find(conn: &mut Conn, credential: &[u8]) -> Result<Option<Row>, DbError> {
    Ok(diesel::sql_query(
        "SELECT credential_id, account_id, name, passkey, made_at, used_at FROM passkeys WHERE credential_id = $1",
    )
    .bind::<Binary, _>(credential)
    .kept()
    .get_result(conn)
    .await
    .optional()?)
}

/// Keeps a new one; `false` if it is kept already.
pub async fn insert(
    conn: &mut Conn,
    (credential, account): (&[u8], Uuid),
    name: &str,
    passkey: Value,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let kept = diesel::sql_query(
        "INSERT INTO passkeys (credential_id, account_id, name, passkey, made_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
    )
    .bind::<Binary, _>(credential)
    .bind::<SqlUuid, _>(account)
    .bind::<Text, _>(name)
    .bind::<Jsonb, _>(passkey)
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await?;
    Ok(kept == 1)
}

/// Notes that it was used, and what that changed in it. `false` if it is gone, or was used since it was read with a count of its
/// own: of two answers with the same count one is refused.
pub async fn used(
    conn: &mut Conn,
    credential: &[u8],
    was: Value,
    passkey: Value,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let used = diesel::sql_query(
        "UPDATE passkeys SET passkey = $3, used_at = $4 WHERE credential_id = $1 AND passkey = $2",
    )
    .bind::<Binary, _>(credential)
    .bind::<Jsonb, _>(was)
    .bind::<Jsonb, _>(passkey)
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await?;
    Ok(used == 1)
}

/// Calls one of an account's passkeys something else; whether it has it.
pub async fn rename(conn: &mut Conn, account: Uuid, credential: &[u8], name: &str) -> Result<bool, DbError> {
    let renamed =
        diesel::sql_query("UPDATE passkeys SET name = $3 WHERE account_id = $1 AND credential_id = $2")
            .bind::<SqlUuid, _>(account)
            .bind::<Binary, _>(credential)
            .bind::<Text, _>(name)
            .kept()
            .execute(conn)
            .await?;
    Ok(renamed == 1)
}

/// Takes one of an account's passkeys away; whether it had it.
pub async fn remove(conn: &mut Conn, account: Uuid, credential: &[u8]) -> Result<bool, DbError> {
    let removed = diesel::sql_query("DELETE FROM passkeys WHERE account_id = $1 AND credential_id = $2")
        .bind::<SqlUuid, _>(account)
        .bind::<Binary, _>(credential)
        .kept()
        .execute(conn)
        .await?;
    Ok(removed == 1)
}

/// Remembers what a browser is asked; forgets what no browser answered.
pub async fn ask(
    conn: &mut Conn,
    account: Option<Uuid>,
    kind: Kind,
    state: Value,
    now: DateTime<Utc>,
) -> Result<Uuid, DbError> {
    diesel::sql_query("DELETE FROM passkey_challenges WHERE expires_at <= $1")
        .bind::<Timestamptz, _>(now)
        .kept()
        .execute(conn)
        .await?;
    let id = Uuid::new_v4();
    diesel::sql_query(
        "INSERT INTO passkey_challenges (id, account_id, kind, state, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<SqlUuid>, _>(account)
    .bind::<Text, _>(kind.code())
    .bind::<Jsonb, _>(state)
    .bind::<Timestamptz, _>(now + LIVES)
    .kept()
    .execute(conn)
    .await?;
    Ok(id)
}

/// What it was asked; nobody answers it again.
pub async fn take(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<Option<Challenge>, DbError> {
    Ok(diesel::sql_query(
        "DELETE FROM passkey_challenges WHERE id = $1 AND expires_at > $2 RETURNING account_id, kind, state",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Timestamptz, _>(now)
    .kept()
    .get_result(conn)
    .await
    .optional()?)
}
