#![doc = include_str!("../README.md")]

mod actor;
pub mod chain;
mod denied;
mod reason;
mod schema;
pub mod trail;
pub mod witness;

pub use actor::Actor;
pub use denied::Denied;
pub use reason::reason;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::schema::audit_log;

/// Adds a row; call it in the transaction of the act.
pub async fn record(
    conn: &mut Conn,
    actor: &Actor,
    action: &'static str,
    target: &str,
    detail: Value,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::id.eq(Uuid::now_v7()),
            audit_log::at.eq(now),
            audit_log::staff_id.eq(actor.staff),
            audit_log::actor.eq(&actor.name),
            audit_log::action.eq(action),
            audit_log::target.eq(target),
            audit_log::request_id.eq(&actor.request),
            audit_log::reason.eq(&actor.reason),
            audit_log::detail.eq(detail),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
