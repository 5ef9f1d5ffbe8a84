//! SQL of the templates and their versions.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::floor_plan::FloorPlan;
use serde_json::Value;
use uuid::Uuid;
use web::Fault;

use super::{json, read};

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    archived_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Jsonb)]
    drawing: Value,
    #[diesel(sql_type = Text)]
    made_by: String,
    #[diesel(sql_type = Timestamptz)]
    made_at: DateTime<Utc>,
}

/// A template at one of its versions.
#[derive(Debug, Clone)]
pub struct Template {
    /// Its key.
    pub id: Uuid,
    /// What the club calls it.
    pub name: String,
    /// Since when no night is offered it.
    pub archived_at: Option<DateTime<Utc>>,
    /// Which version.
    pub version: i32,
    /// Its drawing.
    pub drawing: FloorPlan,
    /// Who made the version; empty for somebody who is gone.
    pub made_by: String,
    /// When.
    pub made_at: DateTime<Utc>,
}

impl Template {
    fn of(row: Row) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id,
            name: row.name,
            archived_at: row.archived_at,
            version: row.version,
            drawing: read(row.drawing)?,
            made_by: row.made_by,
            made_at: row.made_at,
        })
    }
}

const SELECT: &str = "SELECT p.id, p.name, p.archived_at, v.version, v.drawing, coalesce(m.name, '') AS made_by, v.made_at
    FROM floor_plans p JOIN floor_plan_versions v ON v.plan_id = p.id LEFT JOIN members m ON m.id = v.made_by ";
const LATEST: &str = "v.version = (SELECT max(version) FROM floor_plan_versions WHERE plan_id = p.id)";

/// All templates at their latest version, by name; those in use before those that are archived.
pub async fn list(conn: &mut Conn) -> Result<Vec<Template>, Fault> {
    let query =
        format!("{SELECT} WHERE {LATEST} ORDER BY p.archived_at IS NOT NULL, lower(p.name) LIMIT 200");
    let rows: Vec<Row> = diesel::sql_query(query).load(conn).await?;
    rows.into_iter().map(Template::of).collect()
}

/// A template at its latest version.
pub async fn find(conn: &mut Conn, id: Uuid) -> Result<Option<Template>, Fault> {
    let row: Option<Row> = diesel::sql_query(format!("{SELECT} WHERE p.id = $1 AND {LATEST}"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await
        .optional()?;
    row.map(Template::of).transpose()
}

/// The latest versions of a template, the newest first.
pub async fn versions(conn: &mut Conn, id: Uuid) -> Result<Vec<Template>, Fault> {
    let rows: Vec<Row> =
        diesel::sql_query(format!("{SELECT} WHERE p.id = $1 ORDER BY v.version DESC LIMIT 100"))
            .bind::<SqlUuid, _>(id)
            .load(conn)
            .await?;
    rows.into_iter().map(Template::of).collect()
}

/// A template at one of its versions.
pub async fn at_version(conn: &mut Conn, id: Uuid, version: i32) -> Result<Option<Template>, Fault> {
    let row: Option<Row> = diesel::sql_query(format!("{SELECT} WHERE p.id = $1 AND v.version = $2"))
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(version)
        .get_result(conn)
        .await
        .optional()?;
    row.map(Template::of).transpose()
}

#[derive(diesel::QueryableByName)]
struct Held {
    #[diesel(sql_type = Bool)]
    archived: bool,
}

/// Holds a template until the transaction ends; whether it is archived, if there is such a one.
pub async fn lock(conn: &mut Conn, id: Uuid) -> Result<Option<bool>, DbError> {
    let held: Option<Held> = diesel::sql_query(
        "SELECT archived_at IS NOT NULL AS archived FROM floor_plans WHERE id = $1 FOR UPDATE",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await
    .optional()?;
    Ok(held.map(|held| held.archived))
}

/// Writes a new template, without a version yet. Violates `floor_plans_name` where another has its name.
pub async fn insert(conn: &mut Conn, id: Uuid, name: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query("INSERT INTO floor_plans (id, name, created_at) VALUES ($1, $2, $3)")
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(name)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes a version of a template that the caller holds.
pub async fn add_version(
    conn: &mut Conn,
    id: Uuid,
    version: i32,
    drawing: &FloorPlan,
    by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO floor_plan_versions (plan_id, version, drawing, made_by, made_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(version)
    .bind::<Jsonb, _>(json(drawing))
    .bind::<Nullable<SqlUuid>, _>(by)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Archives a template, or takes it back into use. `false`: it is so already, or is not there.
pub async fn archive(conn: &mut Conn, id: Uuid, archived: bool, now: DateTime<Utc>) -> Result<bool, DbError> {
    let changed = diesel::sql_query(
        "UPDATE floor_plans SET archived_at = CASE WHEN $2 THEN $3 END WHERE id = $1 AND (archived_at IS NOT NULL) <> $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Bool, _>(archived)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(changed == 1)
}
