//! SQL of the club's own roles and of the nights that its people are bound to.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::ids::EventId;
use domain::permission::{Grants, PermissionSet, Role};
use uuid::Uuid;

use super::OwnRole;

#[derive(diesel::QueryableByName)]
struct Held {
    #[diesel(sql_type = Array<Text>)]
    permissions: Vec<String>,
}

#[derive(diesel::QueryableByName)]
struct Night {
    #[diesel(sql_type = SqlUuid)]
    event_id: Uuid,
}

/// What somebody may do: the permissions of their role, on all nights or on theirs. A role that nobody knows, or that was retired,
/// lets them do nothing.
pub async fn grants_of(conn: &mut Conn, staff: Uuid, role: &str) -> Result<Grants, DbError> {
    let grants = match permissions_of(conn, role).await? {
        Some(can) => Grants::of(role, can),
        None => Grants::nothing(role),
    };
    let nights = nights_of(conn, staff).await?;
    Ok(if nights.is_empty() { grants } else { grants.only(nights) })
}

/// The permissions of a role that can be given: one of the nine, or one of the club's own that is in use.
pub async fn permissions_of(conn: &mut Conn, code: &str) -> Result<Option<PermissionSet>, DbError> {
    if let Ok(role) = code.parse::<Role>() {
        return Ok(Some(role.permissions()));
    }
    let row: Option<Held> =
        diesel::sql_query("SELECT permissions FROM roles WHERE code = $1 AND retired_at IS NULL")
            .bind::<Text, _>(code)
            .get_result(conn)
            .await
            .optional()?;
    Ok(row.map(|row| PermissionSet::of_codes(row.permissions.iter().map(String::as_str))))
}

#[derive(diesel::QueryableByName)]
struct Own {
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Array<Text>)]
    permissions: Vec<String>,
    #[diesel(sql_type = Bool)]
    retired: bool,
}

impl From<Own> for OwnRole {
    fn from(row: Own) -> Self {
        let can = PermissionSet::of_codes(row.permissions.iter().map(String::as_str));
        Self { code: row.code, name: row.name, can, retired: row.retired }
    }
}

/// The club's own roles by name, retired ones too.
pub async fn own(conn: &mut Conn) -> Result<Vec<OwnRole>, DbError> {
    let rows: Vec<Own> = diesel::sql_query(
        "SELECT code, name, permissions, retired_at IS NOT NULL AS retired FROM roles ORDER BY lower(name), code",
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(OwnRole::from).collect())
}

/// Makes a role of the club's own.
pub async fn insert(
    conn: &mut Conn,
    code: &str,
    name: &str,
    can: PermissionSet,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query("INSERT INTO roles (code, name, permissions, changed_at) VALUES ($1, $2, $3, $4)")
        .bind::<Text, _>(code)
        .bind::<Text, _>(name)
        .bind::<Array<Text>, _>(can.codes())
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives it this name and these permissions.
pub async fn update(
    conn: &mut Conn,
    code: &str,
    name: &str,
    can: PermissionSet,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query("UPDATE roles SET name = $2, permissions = $3, changed_at = $4 WHERE code = $1")
        .bind::<Text, _>(code)
        .bind::<Text, _>(name)
        .bind::<Array<Text>, _>(can.codes())
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// From now on it is given to nobody.
pub async fn retire(conn: &mut Conn, code: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query("UPDATE roles SET retired_at = $2, changed_at = $2 WHERE code = $1")
        .bind::<Text, _>(code)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Holders {
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = BigInt)]
    people: i64,
}

/// How many people have each role: suspended ones too, who may be taken back, but nobody whose account was erased.
pub async fn holders(conn: &mut Conn) -> Result<HashMap<String, i64>, DbError> {
    let rows: Vec<Holders> = diesel::sql_query(
        "SELECT role, count(*) AS people FROM members WHERE email IS NOT NULL GROUP BY role",
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.role, row.people)).collect())
}

#[derive(diesel::QueryableByName)]
struct Holder {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Everybody who has a role.
pub async fn who_has(conn: &mut Conn, code: &str) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<Holder> = diesel::sql_query("SELECT id FROM staff WHERE role = $1 ORDER BY id")
        .bind::<Text, _>(code)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The nights that somebody is bound to; none: all.
pub async fn nights_of(conn: &mut Conn, staff: Uuid) -> Result<Vec<EventId>, DbError> {
    let rows: Vec<Night> =
        diesel::sql_query("SELECT event_id FROM staff_nights WHERE staff_id = $1 ORDER BY event_id")
            .bind::<SqlUuid, _>(staff)
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|row| EventId::from_uuid(row.event_id)).collect())
}

/// Binds somebody to no night in particular: they work on all of them.
pub async fn free(conn: &mut Conn, staff: Uuid) -> Result<(), DbError> {
    diesel::sql_query("DELETE FROM staff_nights WHERE staff_id = $1")
        .bind::<SqlUuid, _>(staff)
        .execute(conn)
        .await?;
    Ok(())
}
