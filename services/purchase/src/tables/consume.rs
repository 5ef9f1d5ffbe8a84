//! `floorplan.changed` → which tables a night has. It may come before the night itself: then the night's own message puts them up.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use messages::marketing_admin::v1::FloorPlanChanged;
use prost::Message as _;
use uuid::Uuid;

use super::plan::Plan;
use super::store::{self, PlanRow};
use crate::catalog;
use crate::catalog::consume::{Applied, NotApplied};
use crate::catalog::store::{Limit, TypeRow};

/// Takes a plan over, in the transaction of its inbox row.
pub async fn apply(
    conn: &mut Conn,
    message: &FloorPlanChanged,
    now: DateTime<Utc>,
) -> Result<Applied, NotApplied> {
    let plan = Plan::read(message).map_err(NotApplied::Unreadable)?;
    // The stock rows first, as in every path that touches them.
    catalog::store::lock_event(conn, plan.event).await?;
    store::meet(conn, plan.event).await?;
    let row = PlanRow {
        event_id: plan.event,
        revision: plan.revision,
        open: plan.open,
        message: message.encode_to_vec(),
        changed_at: messages::instant(message.changed_at).unwrap_or(now),
    };
    if !store::write(conn, &row).await? {
        return Ok(Applied::Stale);
    }
    if catalog::store::event(conn, plan.event).await?.is_some() {
        put_up(conn, &plan, now).await?;
    }
    Ok(Applied::New)
}

/// Puts up the tables of a night that was not known before, if its plan is here already.
pub(crate) async fn offer(conn: &mut Conn, event: Uuid, now: DateTime<Utc>) -> Result<(), NotApplied> {
    store::meet(conn, event).await?;
    match store::plan(conn, event).await? {
        Some(plan) => put_up(conn, &plan, now).await,
        None => Ok(()),
    }
}

/// Writes each table's ticket type and its stock. Tables that are not for sale, and those that are off the plan, are withdrawn: what is
/// held and sold of them stays.
async fn put_up(conn: &mut Conn, plan: &Plan, now: DateTime<Utc>) -> Result<(), NotApplied> {
    let tables = plan.tables.iter().enumerate();
    let rows: Vec<TypeRow> = tables.map(|(index, table)| plan.type_of(index, table)).collect();
    if let Some(foreign) = store::write_types(conn, plan.event, &rows).await? {
        return Err(NotApplied::Foreign("table", foreign));
    }
    for table in &plan.tables {
        let limit = Limit { id: table.id, ticket_type: Some(table.id), capacity: table.seats };
        if !catalog::store::set_capacity(conn, plan.event, &limit).await? {
            return Err(NotApplied::Foreign("table", table.id));
        }
    }
    note_clamps(conn, plan, now).await?;
    Ok(())
}

/// A party may be larger than the seats that the club now leaves its table.
async fn note_clamps(conn: &mut Conn, plan: &Plan, now: DateTime<Utc>) -> Result<(), DbError> {
    let ids: Vec<Uuid> = plan.tables.iter().map(|table| table.id).collect();
    for table in catalog::store::note_clamps(conn, plan.event, &ids, plan.revision, now).await? {
        tracing::warn!(%table, "a table has fewer seats than the party that has it");
    }
    Ok(())
}
