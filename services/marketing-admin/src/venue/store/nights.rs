//! SQL of the nights' own plans.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::floor_plan::NightPlan;
use serde_json::Value;
use uuid::Uuid;
use web::Fault;

use super::{json, read};

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    event_id: Uuid,
    #[diesel(sql_type = BigInt)]
    revision: i64,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    plan_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Integer>)]
    version: Option<i32>,
    #[diesel(sql_type = Jsonb)]
    night: Value,
    #[diesel(sql_type = SqlUuid)]
    zone_id: Uuid,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    opened_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Timestamptz)]
    changed_at: DateTime<Utc>,
}

/// A night's own plan as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The night.
    pub event: Uuid,
    /// Rises by one with every change.
    pub revision: i64,
    /// The template it was copied from, and at which version.
    pub template: Option<(Uuid, i32)>,
    /// The plan, with what its tables cost.
    pub night: NightPlan,
    /// The event's zone to which its tables give entry.
    pub zone: Uuid,
    /// When guests could first book.
    pub opened_at: Option<DateTime<Utc>>,
    /// When it was changed last.
    pub changed_at: DateTime<Utc>,
}

/// A night's plan, if it has one.
pub async fn find(conn: &mut Conn, event: Uuid) -> Result<Option<Kept>, Fault> {
    let row: Option<Row> = diesel::sql_query(
        "SELECT event_id, revision, plan_id, version, night, zone_id, opened_at, changed_at
           FROM night_plans WHERE event_id = $1",
    )
    .bind::<SqlUuid, _>(event)
    .get_result(conn)
    .await
    .optional()?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Kept {
        event: row.event_id,
        revision: row.revision,
        template: row.plan_id.zip(row.version),
        night: read(row.night)?,
        zone: row.zone_id,
        opened_at: row.opened_at,
        changed_at: row.changed_at,
    }))
}

/// Writes a night's plan; the caller holds the event.
pub async fn put(conn: &mut Conn, kept: &Kept) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO night_plans (event_id, revision, plan_id, version, night, zone_id, opened_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (event_id) DO UPDATE SET revision = excluded.revision, plan_id = excluded.plan_id,
             version = excluded.version, night = excluded.night, zone_id = excluded.zone_id,
             opened_at = excluded.opened_at, changed_at = excluded.changed_at",
    )
    .bind::<SqlUuid, _>(kept.event)
    .bind::<BigInt, _>(kept.revision)
    .bind::<Nullable<SqlUuid>, _>(kept.template.map(|(plan, _)| plan))
    .bind::<Nullable<Integer>, _>(kept.template.map(|(_, version)| version))
    .bind::<Jsonb, _>(json(&kept.night))
    .bind::<SqlUuid, _>(kept.zone)
    .bind::<Nullable<Timestamptz>, _>(kept.opened_at)
    .bind::<Timestamptz, _>(kept.changed_at)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Key {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Makes these keys the night's for ever. Those that are another night's, or a ticket type's, are given back.
pub async fn claim(conn: &mut Conn, event: Uuid, tables: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    diesel::sql_query(
        "INSERT INTO night_tables (table_id, event_id) SELECT id, $2 FROM unnest($1) AS wanted (id)
         ON CONFLICT (table_id) DO NOTHING",
    )
    .bind::<Array<SqlUuid>, _>(tables)
    .bind::<SqlUuid, _>(event)
    .execute(conn)
    .await?;
    let taken: Vec<Key> = diesel::sql_query(
        "SELECT table_id AS id FROM night_tables WHERE table_id = ANY($1) AND event_id <> $2
         UNION SELECT id FROM ticket_types WHERE id = ANY($1)",
    )
    .bind::<Array<SqlUuid>, _>(tables)
    .bind::<SqlUuid, _>(event)
    .load(conn)
    .await?;
    Ok(taken.into_iter().map(|key| key.id).collect())
}
