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
    /// PHC string.
    #[diesel(sql_type = Text)]
    pub password_hash: String,
    /// Since when the account may not be used.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub disabled_at: Option<DateTime<Utc>>,
}

/// The account with this address.
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<StaffRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, email, name, role, password_hash, disabled_at FROM staff WHERE email = $1",
    )
    .bind::<Text, _>(email)
    .get_result(conn)
    .await
    .optional()?)
}

/// The account of this key.
pub async fn by_id(conn: &mut Conn, id: Uuid) -> Result<Option<StaffRow>, DbError> {
    Ok(diesel::sql_query("SELECT id, email, name, role, password_hash, disabled_at FROM staff WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await
        .optional()?)
}

/// The account as it is now, and as it stays until the transaction ends.
pub async fn hold_still(conn: &mut Conn, id: Uuid) -> Result<Option<StaffRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, email, name, role, password_hash, disabled_at FROM staff WHERE id = $1 FOR SHARE",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await
    .optional()?)
}

/// Makes the account, or changes name, role and password of the one with this address. Gives its id.
pub async fn put(conn: &mut Conn, account: &StaffRow, now: DateTime<Utc>) -> Result<Uuid, DbError> {
    let row: Id = diesel::sql_query(
        "INSERT INTO staff (id, email, name, role, password_hash, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (email) DO UPDATE
         SET name = excluded.name, role = excluded.role, password_hash = excluded.password_hash,
             disabled_at = NULL, changed_at = excluded.changed_at
         RETURNING id",
    )
    .bind::<SqlUuid, _>(account.id)
    .bind::<Text, _>(&account.email)
    .bind::<Text, _>(&account.name)
    .bind::<Text, _>(&account.role)
    .bind::<Text, _>(&account.password_hash)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok(row.id)
}

/// Takes the account with this address out of use, since now or since it was before.
pub async fn disable(conn: &mut Conn, email: &str, now: DateTime<Utc>) -> Result<Option<StaffRow>, DbError> {
    Ok(diesel::sql_query(
        "UPDATE staff SET disabled_at = coalesce(disabled_at, $2), changed_at = $2 WHERE email = $1
         RETURNING id, email, name, role, password_hash, disabled_at",
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
