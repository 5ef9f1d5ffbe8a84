//! SQL of people's pictures.

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::OptionalExtension;
use diesel::sql_types::{Binary, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

#[derive(diesel::QueryableByName)]
struct Picture {
    #[diesel(sql_type = Binary)]
    jpeg: Vec<u8>,
}

#[derive(diesel::QueryableByName)]
struct Set {
    #[diesel(sql_type = Timestamptz)]
    set_at: DateTime<Utc>,
}

/// Since when somebody has the picture that they have.
pub(super) async fn set_at(conn: &mut Conn, account: Uuid) -> Result<Option<DateTime<Utc>>, DbError> {
    let set: Option<Set> = diesel::sql_query("SELECT set_at FROM avatars WHERE account_id = $1")
        .bind::<SqlUuid, _>(account)
        .kept()
        .get_result(conn)
        .await
        .optional()?;
    Ok(set.map(|set| set.set_at))
}

/// Somebody's picture.
pub(super) async fn jpeg(conn: &mut Conn, account: Uuid) -> Result<Option<Vec<u8>>, DbError> {
    let found: Option<Picture> = diesel::sql_query("SELECT jpeg FROM avatars WHERE account_id = $1")
        .bind::<SqlUuid, _>(account)
        .kept()
        .get_result(conn)
        .await
        .optional()?;
    Ok(found.map(|found| found.jpeg))
}

/// The same of somebody who works here, and of nobody else.
pub(super) async fn jpeg_of_staff(conn: &mut Conn, staff: Uuid) -> Result<Option<Vec<u8>>, DbError> {
    let found: Option<Picture> = diesel::sql_query(
        "SELECT avatars.jpeg FROM avatars JOIN staff ON staff.id = avatars.account_id WHERE staff.id = $1",
    )
    .bind::<SqlUuid, _>(staff)
    .kept()
    .get_result(conn)
    .await
    .optional()?;
    Ok(found.map(|found| found.jpeg))
}

/// Gives an account that the caller holds this picture.
pub(super) async fn put(
    conn: &mut Conn,
    account: Uuid,
    jpeg: &[u8],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO avatars (account_id, jpeg, set_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE SET jpeg = excluded.jpeg, set_at = excluded.set_at",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Binary, _>(jpeg)
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes it away; `false` if there was none.
pub(super) async fn remove(conn: &mut Conn, account: Uuid) -> Result<bool, DbError> {
    let gone = diesel::sql_query("DELETE FROM avatars WHERE account_id = $1")
        .bind::<SqlUuid, _>(account)
        .kept()
        .execute(conn)
        .await?;
    Ok(gone == 1)
}
