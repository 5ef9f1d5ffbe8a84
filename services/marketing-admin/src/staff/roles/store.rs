//! SQL of the club's own roles and of the nights that its people are bound to.

use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, Bool, Text, Uuid as SqlUuid};
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
    #[diesel(sql_type = Bool)]
    retired: bool,
}

/// The club's own roles by name, retired ones too.
pub async fn names(conn: &mut Conn) -> Result<Vec<OwnRole>, DbError> {
    let rows: Vec<Own> = diesel::sql_query(
        "SELECT code, name, retired_at IS NOT NULL AS retired FROM roles ORDER BY lower(name), code",
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|Own { code, name, retired }| OwnRole { code, name, retired }).collect())
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
