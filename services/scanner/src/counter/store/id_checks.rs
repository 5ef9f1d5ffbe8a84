//! The SQL of documents that were looked at.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// What was found, and when.
#[derive(Debug, Clone, Copy, diesel::QueryableByName)]
pub struct Found {
    /// Whether it was good.
    #[diesel(sql_type = Bool)]
    pub passed: bool,
    /// When it was looked at.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
}

/// What was found of the guest of a scan, if somebody has looked.
pub async fn of_scan(conn: &mut Conn, scan: Uuid) -> Result<Option<Found>, DbError> {
    let found = diesel::sql_query("SELECT passed, at FROM id_checks WHERE scan_id = $1")
        .bind::<SqlUuid, _>(scan)
        .get_result(conn)
        .await;
    Ok(found.optional()?)
}

/// A row of `id_checks`.
#[derive(Debug)]
#[expect(missing_docs, reason = "columns of id_checks")]
pub struct CheckRow<'a> {
    pub scan: Uuid,
    pub event: Uuid,
    pub passed: bool,
    pub staff: Uuid,
    pub device: Uuid,
    pub at: DateTime<Utc>,
    pub note: Option<&'a str>,
}

/// Adds it; `false` if somebody has looked before.
pub async fn add(conn: &mut Conn, row: &CheckRow<'_>) -> Result<bool, DbError> {
    let added = diesel::sql_query(
        "INSERT INTO id_checks (scan_id, event_id, passed, staff_id, device, at, note)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(row.scan)
    .bind::<SqlUuid, _>(row.event)
    .bind::<Bool, _>(row.passed)
    .bind::<SqlUuid, _>(row.staff)
    .bind::<SqlUuid, _>(row.device)
    .bind::<Timestamptz, _>(row.at)
    .bind::<Nullable<Text>, _>(row.note)
    .execute(conn)
    .await?;
    Ok(added > 0)
}

/// Erases what is older than an instant, at most so many.
pub async fn erase(conn: &mut Conn, before: DateTime<Utc>, most: i64) -> Result<usize, DbError> {
    let erased = diesel::sql_query(
        "DELETE FROM id_checks WHERE scan_id IN (SELECT scan_id FROM id_checks WHERE at < $1 LIMIT $2)",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(most)
    .execute(conn)
    .await?;
    Ok(erased)
}
