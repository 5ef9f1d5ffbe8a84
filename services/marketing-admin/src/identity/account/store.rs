//! SQL of accounts.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// An account as stored.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Account {
    /// Key.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Rises with every change.
    #[diesel(sql_type = BigInt)]
    pub revision: i64,
    /// Proven, in lower case; none: they came by phone, or were erased.
    #[diesel(sql_type = Nullable<Text>)]
    pub email: Option<String>,
    /// Proven, E.164.
    #[diesel(sql_type = Nullable<Text>)]
    pub phone: Option<String>,
    /// Name as shown; may be empty.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// PHC string; none: they come another way.
    #[diesel(sql_type = Nullable<Text>)]
    pub password_hash: Option<String>,
    /// Code of the language they read.
    #[diesel(sql_type = Text)]
    pub language: String,
    /// May be written to about coming nights.
    #[diesel(sql_type = Bool)]
    pub marketing: bool,
    /// Since when it holds nothing any more.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub erased_at: Option<DateTime<Utc>>,
    /// Since when it is.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// An account to be.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in Account")]
pub struct NewAccount {
    pub id: Uuid,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub name: String,
    pub password_hash: Option<String>,
    pub language: String,
    pub marketing: bool,
}

const COLUMNS: &str =
    "id, revision, email, phone, name, password_hash, language, marketing, erased_at, created_at";

/// The account with this address (in lower case).
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<Account>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM accounts WHERE email = $1");
    Ok(diesel::sql_query(sql).bind::<Text, _>(email).get_result(conn).await.optional()?)
}

/// The account with this number (E.164).
pub async fn by_phone(conn: &mut Conn, phone: &str) -> Result<Option<Account>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM accounts WHERE phone = $1");
    Ok(diesel::sql_query(sql).bind::<Text, _>(phone).get_result(conn).await.optional()?)
}

/// The account of this key.
pub async fn by_id(conn: &mut Conn, id: Uuid) -> Result<Option<Account>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM accounts WHERE id = $1");
    Ok(diesel::sql_query(sql).bind::<SqlUuid, _>(id).get_result(conn).await.optional()?)
}

/// The account of this key, as it stays until the transaction ends.
pub async fn hold(conn: &mut Conn, id: Uuid) -> Result<Option<Account>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM accounts WHERE id = $1 FOR UPDATE");
    Ok(diesel::sql_query(sql).bind::<SqlUuid, _>(id).get_result(conn).await.optional()?)
}

/// Makes an account; `false` if its address or number is somebody's already.
pub async fn insert(conn: &mut Conn, account: &NewAccount, now: DateTime<Utc>) -> Result<bool, DbError> {
    let made = diesel::sql_query(
        "INSERT INTO accounts (id, email, phone, name, password_hash, language, marketing, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(account.id)
    .bind::<Nullable<Text>, _>(&account.email)
    .bind::<Nullable<Text>, _>(&account.phone)
    .bind::<Text, _>(&account.name)
    .bind::<Nullable<Text>, _>(&account.password_hash)
    .bind::<Text, _>(&account.language)
    .bind::<Bool, _>(account.marketing)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(made == 1)
}

/// Gives it another password, or takes it away.
pub async fn set_password(
    conn: &mut Conn,
    id: Uuid,
    hash: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE accounts SET password_hash = $2, changed_at = $3 WHERE id = $1 AND erased_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<Text>, _>(hash)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives it another proven address; `false` if that is somebody's already.
pub async fn set_email(conn: &mut Conn, id: Uuid, email: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    let set = diesel::sql_query(
        "UPDATE accounts SET email = $2, changed_at = $3 WHERE id = $1 AND erased_at IS NULL
            AND NOT EXISTS (SELECT FROM accounts other WHERE other.email = $2 AND other.id <> $1)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(email)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(set == 1)
}

/// Gives it another proven number, or takes it away; `false` if that is somebody's already.
pub async fn set_phone(
    conn: &mut Conn,
    id: Uuid,
    phone: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let set = diesel::sql_query(
        "UPDATE accounts SET phone = $2, changed_at = $3 WHERE id = $1 AND erased_at IS NULL
            AND NOT EXISTS (SELECT FROM accounts other WHERE other.phone = $2 AND other.id <> $1)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<Text>, _>(phone)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(set == 1)
}
