//! `POST /internal/v1/reservations/{id}/merge`: a free table that stands next to a party's own is put to it. Its stock row stays empty:
//! the party's places are counted at its first table, and the live row of `reserved_tables` keeps the other from being sold.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json, Path};
use audit::Actor;
use chrono::{DateTime, Utc};
use db::Conn;
use internal_api::purchase::reservations::{MergeRequest, ReservationView};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::desk::{Command, changed, only_in};
use super::move_table::{LIVE, free_place, known_table};
use super::plan::Plan;
use super::store;
use super::work_store;
use crate::Shop;

/// Puts it there. 409 `invalid_state` where the table is nobody's own any more, `same_table`, `table_taken`, `table_apart`; 422
/// `unknown_table`.
pub async fn merge(
    caller: ServiceCaller<callers::Desk>,
    request_id: RequestId,
    shop: Data<Shop>,
    request: HttpRequest,
    id: Path<Uuid>,
    body: ApiJson<MergeRequest>,
) -> Result<Json<ReservationView>, Fault> {
    let body = body.into_inner();
    let command =
        Command::of(&request, *id, "reservation.merged", &body, Actor::caller(&caller, &request_id))?;
    let now = shop.clock.now();
    let view = shop.db.transaction(async |conn| carry_out(conn, &command, body.table, now).await).await?;
    shop.bus.wake_relay();
    tracing::info!(reservation = %command.id, caller = caller.name, table = %body.table, "table put to a reservation");
    Ok(Json(view))
}

async fn carry_out(
    conn: &mut Conn,
    command: &Command,
    table: Uuid,
    now: DateTime<Utc>,
) -> Result<ReservationView, Fault> {
    let Some(opened) = command.begin_one(conn, now).await? else { return command.again(conn).await };
    let mut row = opened.row;
    only_in(&row, &LIVE)?;
    let more = known_table(conn, &row, table).await?;
    let own: Vec<Uuid> = store::tables_of(conn, row.id).await?.into_iter().map(|table| table.id).collect();
    if own.contains(&more.id) {
        return Err(Fault::conflict("same_table").field("table", "same_table"));
    }
    let plan = Plan::of(conn, row.event_id).await?;
    if !plan.is_some_and(|plan| plan.is_beside(more.id, &own)) {
        return Err(Fault::conflict("table_apart").field("table", "table_apart"));
    }
    let places = work_store::lock_places(conn, row.event_id, &[more.id]).await?;
    free_place(conn, &places, &row, more.id).await?;
    work_store::add_table(conn, row.id, row.event_id, more.id).await?;
    changed(conn, &mut row, "moved", now).await?;
    command.done(conn, json!({"before": own, "added": more.id}), now).await
}
