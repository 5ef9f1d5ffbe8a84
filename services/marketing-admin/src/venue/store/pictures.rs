//! SQL of the pictures of plans.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, Binary, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

#[derive(diesel::QueryableByName)]
struct Picture {
    #[diesel(sql_type = Text)]
    media_type: String,
    #[diesel(sql_type = Binary)]
    bytes: Vec<u8>,
}

/// Keeps a JPEG.
pub async fn add(conn: &mut Conn, id: Uuid, jpeg: &[u8], now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO plan_pictures (id, media_type, bytes, made_at) VALUES ($1, 'image/jpeg', $2, $3)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Binary, _>(jpeg)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// A picture and its media type.
pub async fn find(conn: &mut Conn, id: Uuid) -> Result<Option<(String, Vec<u8>)>, DbError> {
    let found: Option<Picture> =
        diesel::sql_query("SELECT media_type, bytes FROM plan_pictures WHERE id = $1")
            .bind::<SqlUuid, _>(id)
            .get_result(conn)
            .await
            .optional()?;
    Ok(found.map(|found| (found.media_type, found.bytes)))
}

#[derive(diesel::QueryableByName)]
struct Key {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Those of these pictures that are there.
pub async fn known(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<Key> = diesel::sql_query("SELECT id FROM plan_pictures WHERE id = ANY($1)")
        .bind::<Array<SqlUuid>, _>(ids)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
