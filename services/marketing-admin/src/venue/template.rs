//! Templates: made, drawn, archived. A drawing that is saved is a version of its own, so that none is ever lost.

use audit::Actor;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::floor_plan::FloorPlan;
use serde_json::json;
use uuid::Uuid;
use web::Fault;

use super::store::templates::{self as store, Template};
use super::{Refused, pictures, sound};
use crate::Desk;

const LONGEST_NAME: usize = 80;

/// A drawing with nothing on it: twelve metres by eight.
fn blank() -> FloorPlan {
    FloorPlan { width: 1200, height: 800, ..FloorPlan::default() }
}

/// Makes a template: blank, as drawn, or as a copy of another one's latest version. 409 `name_taken` if another has its name.
pub async fn create(
    desk: &Desk,
    actor: &Actor,
    name: &str,
    drawing: Option<FloorPlan>,
    from: Option<Uuid>,
) -> Result<Template, Refused> {
    let (name, now) = (named(name)?, desk.clock.now());
    desk.db
        .transaction(async |conn| {
            let drawing = match (&drawing, from) {
                (Some(drawing), _) => drawing.clone(),
                (None, Some(from)) => {
                    let other = store::find(conn, from).await?.ok_or_else(unknown)?;
                    other.drawing.copy(Uuid::now_v7).0
                }
                (None, None) => blank(),
            };
            look(conn, &drawing).await?;
            let id = Uuid::now_v7();
            store::insert(conn, id, name, now).await.map_err(taken)?;
            store::add_version(conn, id, 1, &drawing, actor.staff, now).await?;
            let detail = json!({"name": name, "tables": drawing.tables.len()});
            audit::record(conn, actor, "floor_plan.created", &id.to_string(), detail, now).await?;
            found(conn, id).await
        })
        .await
}

/// Saves a drawing as the next version, if nobody else has saved one since the version it was made from: else 409 `stale_version`.
/// A drawing that is as the latest changes nothing.
pub async fn draw(
    desk: &Desk,
    actor: &Actor,
    id: Uuid,
    made_from: i32,
    drawing: &FloorPlan,
) -> Result<Template, Refused> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            look(conn, drawing).await?;
            let latest = held(conn, id, made_from).await?;
            if latest.drawing == *drawing {
                return Ok(latest);
            }
            add(conn, actor, &latest, drawing, json!({"from_version": latest.version}), now).await
        })
        .await
}

/// Takes an older version back as the next one.
pub async fn take_back(
    desk: &Desk,
    actor: &Actor,
    id: Uuid,
    made_from: i32,
    version: i32,
) -> Result<Template, Refused> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let latest = held(conn, id, made_from).await?;
            let old = store::at_version(conn, id, version).await?.ok_or_else(Fault::not_found)?;
            if latest.drawing == old.drawing {
                return Ok(latest);
            }
            let detail = json!({"from_version": latest.version, "as_version": version});
            add(conn, actor, &latest, &old.drawing, detail, now).await
        })
        .await
}

/// Archives a template, or takes it back into use. So already: nothing changes, and that is fine.
pub async fn archive(desk: &Desk, actor: &Actor, id: Uuid, archived: bool) -> Result<(), Fault> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            store::lock(conn, id).await?.ok_or_else(Fault::not_found)?;
            if store::archive(conn, id, archived, now).await? {
                let detail = json!({"archived": archived});
                audit::record(conn, actor, "floor_plan.archived", &id.to_string(), detail, now).await?;
            }
            Ok::<_, Fault>(())
        })
        .await
}

async fn add(
    conn: &mut Conn,
    actor: &Actor,
    latest: &Template,
    drawing: &FloorPlan,
    mut detail: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<Template, Refused> {
    let (id, version) = (latest.id, latest.version.saturating_add(1));
    store::add_version(conn, id, version, drawing, actor.staff, now).await?;
    detail["tables"] = json!(drawing.tables.len());
    audit::record(conn, actor, "floor_plan.drawn", &id.to_string(), detail, now).await?;
    found(conn, id).await
}

/// The latest version of a template that is held until the transaction ends, if the change was made from it.
async fn held(conn: &mut Conn, id: Uuid, made_from: i32) -> Result<Template, Refused> {
    store::lock(conn, id).await?.ok_or_else(Fault::not_found)?;
    let latest = found(conn, id).await?;
    if latest.version == made_from {
        return Ok(latest);
    }
    let stale = Fault::conflict("stale_version").detail("The plan was saved since; read it again.");
    Err(stale.message("venue-stale", &[]).into())
}

async fn found(conn: &mut Conn, id: Uuid) -> Result<Template, Refused> {
    Ok(store::find(conn, id).await?.ok_or_else(Fault::not_found)?)
}

async fn look(conn: &mut Conn, drawing: &FloorPlan) -> Result<(), Refused> {
    let mut faults = drawing.check();
    faults.extend(pictures::unknown(conn, pictures::of_drawing(drawing)).await?);
    sound(faults)
}

fn named(name: &str) -> Result<&str, Fault> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(Fault::invalid("validation_failed").field("name", "required")),
        1..=LONGEST_NAME => Ok(name),
        _ => Err(Fault::invalid("validation_failed").field("name", "too_long")),
    }
}

fn unknown() -> Fault {
    Fault::invalid("validation_failed").field("from", "unknown")
}

fn taken(error: DbError) -> Fault {
    match error.constraint() {
        Some("floor_plans_name") => Fault::conflict("name_taken").field("name", "taken"),
        _ => error.into(),
    }
}
