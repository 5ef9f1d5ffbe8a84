//! The SQL of zones that hold so many and no more.

use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::first;

/// How full a zone is that has a limit.
#[derive(Debug, Clone, PartialEq, Eq, diesel::QueryableByName)]
pub struct ZoneInside {
    /// The zone.
    #[diesel(sql_type = SqlUuid)]
    pub zone: Uuid,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// People in it.
    #[diesel(sql_type = BigInt)]
    pub inside: i64,
    /// How many may be.
    #[diesel(sql_type = Integer)]
    pub limit: i32,
}

/// A zone of a night with its limit, if it has one.
#[derive(Debug, Clone, PartialEq, Eq, diesel::QueryableByName)]
pub struct ZoneRow {
    /// The zone.
    #[diesel(sql_type = SqlUuid)]
    pub zone: Uuid,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// People in it, where that is counted: it has a limit.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub inside: Option<i64>,
    /// How many may be; none: as many as come.
    #[diesel(sql_type = Nullable<Integer>)]
    pub limit: Option<i32>,
}

/// All zones that a night has.
pub async fn all(conn: &mut Conn, event: Uuid) -> Result<Vec<ZoneRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT z.id AS zone, z.name, l.inside, l.limit_people AS \"limit\"
           FROM zones z LEFT JOIN zone_limits l ON l.zone_id = z.id
          WHERE z.event_id = $1 AND (z.active OR l.zone_id IS NOT NULL) ORDER BY z.name, z.id",
    )
    .bind::<SqlUuid, _>(event)
    .load(conn)
    .await?)
}

/// How full the zone behind a gate is, where it has a limit.
pub async fn behind(conn: &mut Conn, event: Uuid, gate: Uuid) -> Result<Option<ZoneInside>, DbError> {
    let found = diesel::sql_query(
        "SELECT l.zone_id AS zone, z.name, l.inside, l.limit_people AS \"limit\"
           FROM gates g JOIN zone_limits l ON l.zone_id = g.zone_id JOIN zones z ON z.id = g.zone_id
          WHERE g.id = $1 AND g.event_id = $2",
    )
    .bind::<SqlUuid, _>(gate)
    .bind::<SqlUuid, _>(event)
    .get_result(conn)
    .await;
    Ok(found.optional()?)
}

/// How full a zone is, where it has a limit.
pub async fn one(conn: &mut Conn, zone: Uuid) -> Result<Option<ZoneInside>, DbError> {
    let found = diesel::sql_query(
        "SELECT l.zone_id AS zone, z.name, l.inside, l.limit_people AS \"limit\"
           FROM zone_limits l JOIN zones z ON z.id = l.zone_id WHERE l.zone_id = $1",
    )
    .bind::<SqlUuid, _>(zone)
    .get_result(conn)
    .await;
    Ok(found.optional()?)
}

/// Counts people into a zone with a limit, or out of it; never below nobody. Whoever does it has the night's row already
/// (`change_inside`, `move_inside`).
pub async fn shift(conn: &mut Conn, zone: Uuid, by: i64) -> Result<(), DbError> {
    diesel::sql_query("UPDATE zone_limits SET inside = greatest(inside + $2, 0) WHERE zone_id = $1")
        .bind::<SqlUuid, _>(zone)
        .bind::<BigInt, _>(by)
        .execute(conn)
        .await?;
    Ok(())
}

/// The same for the zone behind a gate.
pub async fn shift_behind(conn: &mut Conn, gate: Uuid, by: i64) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE zone_limits l SET inside = greatest(l.inside + $2, 0)
           FROM gates g WHERE g.id = $1 AND l.zone_id = g.zone_id",
    )
    .bind::<SqlUuid, _>(gate)
    .bind::<BigInt, _>(by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether a night has this zone.
pub async fn has(conn: &mut Conn, event: Uuid, zone: Uuid) -> Result<bool, DbError> {
    let found = diesel::sql_query("SELECT FROM zones WHERE id = $1 AND event_id = $2")
        .bind::<SqlUuid, _>(zone)
        .bind::<SqlUuid, _>(event)
        .execute(conn)
        .await?;
    Ok(found > 0)
}

/// Sets how many may be in a zone, none for as many as come; gives what stood before. The night is quiet. Who is in it is counted
/// when it gets its first limit, with the night's row held: whoever counts by hand has counted before, or comes after.
pub async fn set(
    conn: &mut Conn,
    event: Uuid,
    zone: Uuid,
    people: Option<i32>,
) -> Result<Option<i32>, DbError> {
    first(conn, event).await?;
    diesel::sql_query("SELECT FROM occupancy WHERE event_id = $1 FOR UPDATE")
        .bind::<SqlUuid, _>(event)
        .execute(conn)
        .await?;
    let before = one(conn, zone).await?.map(|zone| zone.limit);
    if let Some(people) = people {
        diesel::sql_query(
            "INSERT INTO zone_limits (zone_id, event_id, limit_people, inside) VALUES ($1, $2, $3, greatest(0,
                 (SELECT count(*) FROM entries e WHERE e.event_id = $2 AND e.zone_id = $1
                     AND e.annulled_at IS NULL AND e.left_at IS NULL)
               + (SELECT coalesce(sum(c.by), 0) FROM counts c JOIN gates g ON g.id = c.gate_id
                   WHERE c.event_id = $2 AND g.zone_id = $1)))
             ON CONFLICT (zone_id) DO UPDATE SET limit_people = excluded.limit_people",
        )
        .bind::<SqlUuid, _>(zone)
        .bind::<SqlUuid, _>(event)
        .bind::<Integer, _>(people)
        .execute(conn)
        .await?;
    } else {
        diesel::sql_query("DELETE FROM zone_limits WHERE zone_id = $1")
            .bind::<SqlUuid, _>(zone)
            .execute(conn)
            .await?;
    }
    diesel::sql_query(
        "UPDATE occupancy SET zones_limited = EXISTS (SELECT FROM zone_limits WHERE zone_limits.event_id = $1)
          WHERE event_id = $1",
    )
    .bind::<SqlUuid, _>(event)
    .execute(conn)
    .await?;
    Ok(before)
}
