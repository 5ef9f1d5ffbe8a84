//! All SQL of counts and limits; of undone scans in [`undos`], of documents in [`id_checks`], of zones with a limit in [`zones`].

pub mod id_checks;
pub mod undos;
pub mod zones;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// How many people are inside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, diesel::QueryableByName)]
pub struct Inside {
    /// So many.
    #[diesel(sql_type = BigInt)]
    pub inside: i64,
    /// Rises with every change of it.
    #[diesel(sql_type = BigInt)]
    pub revision: i64,
    /// How many may be; none: as many as come.
    #[diesel(sql_type = Nullable<Integer>)]
    pub limit: Option<i32>,
}

/// Changes how many people are inside, in the caller's transaction. None if fewer than nobody would be: then nothing is changed.
/// The event's row is locked until the transaction ends, so this comes last in it.
pub async fn change_inside(conn: &mut Conn, event: Uuid, by: i64) -> Result<Option<Inside>, DbError> {
    first(conn, event).await?;
    let changed = diesel::sql_query(
        "UPDATE occupancy SET inside = inside + $2, revision = revision + 1
         WHERE event_id = $1 AND inside + $2 >= 0 RETURNING inside, revision, limit_people AS \"limit\"",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<BigInt, _>(by)
    .get_result(conn)
    .await;
    Ok(changed.optional()?)
}

/// The same for who has come or gone whatever the number says, never below nobody: whoever a count has taken off before is kept as
/// `uncounted`. The event's row is there.
pub async fn move_inside(conn: &mut Conn, event: Uuid, by: i64) -> Result<Inside, DbError> {
    Ok(diesel::sql_query(
        "UPDATE occupancy SET inside = greatest(inside + $2, 0), uncounted = uncounted + greatest(-inside - $2, 0),
             revision = revision + 1
         WHERE event_id = $1 RETURNING inside, revision, limit_people AS \"limit\"",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<BigInt, _>(by)
    .get_result(conn)
    .await?)
}

/// How many people are inside.
pub async fn inside(conn: &mut Conn, event: Uuid) -> Result<Inside, DbError> {
    let found = diesel::sql_query(
        "SELECT inside, revision, limit_people AS \"limit\" FROM occupancy WHERE event_id = $1",
    )
    .bind::<SqlUuid, _>(event)
    .get_result(conn)
    .await;
    Ok(found.optional()?.unwrap_or_default())
}

/// Sets how many may be inside; gives what stood before, and what stands.
pub async fn set_limit(
    conn: &mut Conn,
    event: Uuid,
    people: Option<i32>,
) -> Result<(Option<i32>, Inside), DbError> {
    #[derive(diesel::QueryableByName)]
    struct Before {
        #[diesel(sql_type = Nullable<Integer>)]
        people: Option<i32>,
    }
    first(conn, event).await?;
    let before: Before =
        diesel::sql_query("SELECT limit_people AS people FROM occupancy WHERE event_id = $1 FOR UPDATE")
            .bind::<SqlUuid, _>(event)
            .get_result(conn)
            .await?;
    let now = diesel::sql_query(
        "UPDATE occupancy SET limit_people = $2 WHERE event_id = $1
         RETURNING inside, revision, limit_people AS \"limit\"",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Nullable<Integer>, _>(people)
    .get_result(conn)
    .await?;
    Ok((before.people, now))
}

/// The row of an event that nobody has come to yet.
async fn first(conn: &mut Conn, event: Uuid) -> Result<(), DbError> {
    diesel::sql_query("INSERT INTO occupancy (event_id) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind::<SqlUuid, _>(event)
        .execute(conn)
        .await?;
    Ok(())
}

/// People who came or went without a ticket.
#[derive(Debug)]
#[expect(missing_docs, reason = "columns of counts")]
pub struct CountRow<'a> {
    pub id: Uuid,
    pub event: Uuid,
    pub gate: Option<Uuid>,
    pub by: i32,
    pub reason: Option<&'a str>,
    pub device: Uuid,
    pub staff: Uuid,
    pub nonce: &'a str,
    pub at: DateTime<Utc>,
}

/// Adds it; `false` if this device has used the nonce before.
pub async fn add_count(conn: &mut Conn, row: &CountRow<'_>) -> Result<bool, DbError> {
    let added = diesel::sql_query(
        "INSERT INTO counts (id, event_id, gate_id, by, reason, device, staff_id, nonce, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (device, nonce) DO NOTHING",
    )
    .bind::<SqlUuid, _>(row.id)
    .bind::<SqlUuid, _>(row.event)
    .bind::<Nullable<SqlUuid>, _>(row.gate)
    .bind::<Integer, _>(row.by)
    .bind::<Nullable<Text>, _>(row.reason)
    .bind::<SqlUuid, _>(row.device)
    .bind::<SqlUuid, _>(row.staff)
    .bind::<Text, _>(row.nonce)
    .bind::<Timestamptz, _>(row.at)
    .execute(conn)
    .await?;
    Ok(added > 0)
}

/// What a device counted under a nonce: at which event, by how many.
pub async fn counted(conn: &mut Conn, device: Uuid, nonce: &str) -> Result<Option<(Uuid, i32)>, DbError> {
    #[derive(diesel::QueryableByName)]
    struct Counted {
        #[diesel(sql_type = SqlUuid)]
        event_id: Uuid,
        #[diesel(sql_type = Integer)]
        by: i32,
    }
    let found: Option<Counted> =
        diesel::sql_query("SELECT event_id, by FROM counts WHERE device = $1 AND nonce = $2")
            .bind::<SqlUuid, _>(device)
            .bind::<Text, _>(nonce)
            .get_result(conn)
            .await
            .optional()?;
    Ok(found.map(|counted| (counted.event_id, counted.by)))
}
