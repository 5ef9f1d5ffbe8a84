//! SQL of the staff's accounts.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// An account as stored.
#[derive(Debug, Clone, PartialEq, Eq, diesel::QueryableByName)]
pub struct StaffRow {
    /// Key.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Address, lower case.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Name as shown.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Code of the role.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// PHC string; none: they come another way.
    #[diesel(sql_type = Nullable<Text>)]
    pub password_hash: Option<String>,
    /// Since when the account may not be used.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub disabled_at: Option<DateTime<Utc>>,
}

/// The account with this address.
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<StaffRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, email, name, role, password_hash, disabled_at FROM members WHERE email = $1",
    )
    .bind::<Text, _>(email)
    .get_result(conn)
    .await
    .optional()?)
}

/// The account of this key.
pub async fn by_id(conn: &mut Conn, id: Uuid) -> Result<Option<StaffRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, email, name, role, password_hash, disabled_at FROM members WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await
    .optional()?)
}

/// The account as it is now, and as it stays until the transaction ends.
pub async fn hold_still(conn: &mut Conn, id: Uuid) -> Result<Option<StaffRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, email, name, role, password_hash, disabled_at FROM members WHERE id = $1 FOR SHARE",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await
    .optional()?)
}

/// Makes the account, or changes name, role and password of the one with this address. Gives its id.
pub async fn put(conn: &mut Conn, account: &StaffRow, now: DateTime<Utc>) -> Result<Uuid, DbError> {
    let row: Id = diesel::sql_query(
        "WITH person AS (
           INSERT INTO accounts (id, email, name, password_hash, created_at, changed_at) VALUES ($1, $2, $3, $5, $6, $6)
           ON CONFLICT (email) DO UPDATE
           SET name = excluded.name, password_hash = excluded.password_hash, changed_at = excluded.changed_at,
               revision = accounts.revision + 1
           RETURNING id)
         INSERT INTO staff (id, role, created_at, changed_at) SELECT id, $4, $6, $6 FROM person
         ON CONFLICT (id) DO UPDATE
         SET role = excluded.role, disabled_at = NULL, changed_at = excluded.changed_at
         RETURNING id",
    )
    .bind::<SqlUuid, _>(account.id)
    .bind::<Text, _>(&account.email)
    .bind::<Text, _>(&account.name)
    .bind::<Text, _>(&account.role)
    .bind::<Nullable<Text>, _>(&account.password_hash)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok(row.id)
}

/// Suspends the account with this address, since now or since it was before.
pub async fn disable(conn: &mut Conn, email: &str, now: DateTime<Utc>) -> Result<Option<StaffRow>, DbError> {
    Ok(diesel::sql_query(
        "UPDATE staff SET disabled_at = coalesce(disabled_at, $2), changed_at = $2
           FROM accounts WHERE accounts.id = staff.id AND accounts.email = $1
         RETURNING staff.id, accounts.email, accounts.name, staff.role, accounts.password_hash, staff.disabled_at",
    )
    .bind::<Text, _>(email)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?)
}

#[derive(diesel::QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Ends every session of a person; gives how many there were.
pub async fn end_sessions(conn: &mut Conn, staff: Uuid, now: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::sql_query("UPDATE sessions SET ended_at = $2 WHERE staff_id = $1 AND ended_at IS NULL")
        .bind::<SqlUuid, _>(staff)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?)
}
