//! SQL of who works here.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// Somebody who works here, or did.
#[derive(Debug, Clone, diesel::QueryableByName)]
pub struct PersonRow {
    /// Key of the account.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Address; none: the account was erased.
    #[diesel(sql_type = Nullable<Text>)]
    pub email: Option<String>,
    /// Name as shown.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Code of the role.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// Since when they are suspended.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub disabled_at: Option<DateTime<Utc>>,
    /// How many nights they are bound to; 0: to none in particular.
    #[diesel(sql_type = BigInt)]
    pub nights: i64,
}

/// Who fits what was typed, those who work here first.
pub async fn all(conn: &mut Conn, search: &str) -> Result<Vec<PersonRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, email, name, role, disabled_at,
                (SELECT count(*) FROM staff_nights WHERE staff_nights.staff_id = members.id) AS nights
           FROM members
          WHERE position(lower($1) IN lower(name || ' ' || coalesce(email, ''))) > 0
          ORDER BY disabled_at IS NOT NULL, lower(name), id",
    )
    .bind::<Text, _>(search)
    .load(conn)
    .await?)
}

/// One of them.
pub async fn one(conn: &mut Conn, staff: Uuid) -> Result<Option<PersonRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, email, name, role, disabled_at,
                (SELECT count(*) FROM staff_nights WHERE staff_nights.staff_id = members.id) AS nights
           FROM members WHERE id = $1",
    )
    .bind::<SqlUuid, _>(staff)
    .get_result(conn)
    .await
    .optional()?)
}

/// Nobody else changes who works here, nor signs in, until the transaction ends: of two owners who leave at once, one stays.
pub async fn hold_all(conn: &mut Conn) -> Result<(), DbError> {
    diesel::sql_query("SELECT id FROM staff ORDER BY id FOR UPDATE").execute(conn).await?;
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Owners who may sign in and work on all nights.
pub async fn owners(conn: &mut Conn) -> Result<i64, DbError> {
    let row: Number = diesel::sql_query(
        "SELECT count(*) AS number FROM staff
          WHERE role = 'owner' AND disabled_at IS NULL
            AND NOT EXISTS (SELECT FROM staff_nights WHERE staff_nights.staff_id = staff.id)",
    )
    .get_result(conn)
    .await?;
    Ok(row.number)
}

/// Gives somebody a role.
pub async fn set_role(conn: &mut Conn, staff: Uuid, role: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query("UPDATE staff SET role = $2, changed_at = $3 WHERE id = $1")
        .bind::<SqlUuid, _>(staff)
        .bind::<Text, _>(role)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Binds somebody to these nights; gives to how many: one that there isn't is none of theirs.
pub async fn bind(
    conn: &mut Conn,
    staff: Uuid,
    nights: &[Uuid],
    now: DateTime<Utc>,
) -> Result<usize, DbError> {
    Ok(diesel::sql_query(
        "INSERT INTO staff_nights (staff_id, event_id, given_at) SELECT $1, id, $3 FROM events WHERE id = ANY ($2)",
    )
    .bind::<SqlUuid, _>(staff)
    .bind::<Array<SqlUuid>, _>(nights)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?)
}

/// Suspends somebody, or takes them back.
pub async fn suspend(
    conn: &mut Conn,
    staff: Uuid,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query("UPDATE staff SET disabled_at = $2, changed_at = $3 WHERE id = $1")
        .bind::<SqlUuid, _>(staff)
        .bind::<Nullable<Timestamptz>, _>(since)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}
