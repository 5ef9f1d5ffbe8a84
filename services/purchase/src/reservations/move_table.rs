//! `POST /internal/v1/reservations/{id}/move`: a party gets another table. Its order, its stock, its passes and the door's words about
//! them move along.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::web::{Data, Json, Path};
use audit::Actor;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::event::terms::TicketKind;
use domain::order::OrderState;
use domain::reservation::ReservationState;
use internal_api::purchase::reservations::{MoveRequest, ReservationView};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::desk::{Command, changed, only_in, seated};
use super::plan::Plan;
use super::store::{self, ReservationRow};
use super::work_store::{self, Places};
use crate::catalog::store::TypeRow;
use crate::orders::store::OrderRow;
use crate::tickets::store as tickets;
use crate::{Shop, orders};

/// Whose table is their own.
pub(super) const LIVE: [ReservationState; 3] =
    [ReservationState::Pending, ReservationState::Confirmed, ReservationState::CheckedIn];

/// Moves it. What was put together with its table is free again. 409 `invalid_state` where the table is nobody's own any more,
/// `table_taken`, `party_too_large`, `same_table`; 422 `unknown_table`.
pub async fn move_table(
    caller: ServiceCaller<callers::Desk>,
    request_id: RequestId,
    shop: Data<Shop>,
    request: HttpRequest,
    id: Path<Uuid>,
    body: ApiJson<MoveRequest>,
) -> Result<Json<ReservationView>, Fault> {
    let body = body.into_inner();
    let command =
        Command::of(&request, *id, "reservation.moved", &body, Actor::caller(&caller, &request_id))?;
    let now = shop.clock.now();
    let view = shop.db.transaction(async |conn| carry_out(conn, &command, &body, now).await).await?;
    shop.bus.wake_relay();
    tracing::info!(reservation = %command.id, caller = caller.name, table = %body.table, "reservation moved");
    Ok(Json(view))
}

async fn carry_out(
    conn: &mut Conn,
    command: &Command,
    wish: &MoveRequest,
    now: DateTime<Utc>,
) -> Result<ReservationView, Fault> {
    let Some(opened) = command.begin_one(conn, now).await? else { return command.again(conn).await };
    let mut row = opened.row;
    only_in(&row, &LIVE)?;
    let order = opened.order.ok_or_else(|| Fault::conflict("invalid_state"))?;
    let to = known_table(conn, &row, wish.table).await?;
    let own: Vec<Uuid> = store::tables_of(conn, row.id).await?.into_iter().map(|table| table.id).collect();
    let first = *own.first().ok_or(DbError::NotFound)?;
    if own.contains(&to.id) {
        return Err(Fault::conflict("same_table").field("table", "same_table"));
    }
    let places = work_store::lock_places(conn, row.event_id, &[first, to.id]).await?;
    let there = free_place(conn, &places, &row, to.id).await?;
    fits(row.party, there.seats, "table")?;
    let (held, sold) = taken(conn, &order).await?;
    let change = BTreeMap::from([(first, (-held, -sold)), (to.id, (held, sold))]);
    work_store::shift(conn, &change).await?;
    relocate(conn, &row, &order, &to, now).await?;
    let agreed = row.minimum_minor;
    if !wish.keep_minimum
        && let Some(plan) = Plan::of(conn, row.event_id).await?
    {
        row.minimum_minor = plan.minimum_minor(to.id).unwrap_or(agreed);
    }
    changed(conn, &mut row, "moved", now).await?;
    let detail = json!({
        "before": own, "after": to.id, "minimum_before_minor": agreed, "minimum_after_minor": row.minimum_minor,
    });
    command.done(conn, detail, now).await
}

/// A table of the reservation's night, for sale or kept by the club; else 422 `unknown_table`.
pub(super) async fn known_table(
    conn: &mut Conn,
    row: &ReservationRow,
    table: Uuid,
) -> Result<TypeRow, Fault> {
    let found = work_store::table_type(conn, row.event_id, table).await?;
    found.filter(|found| found.terms().kind == TicketKind::Table).ok_or_else(unknown_table)
}

fn unknown_table() -> Fault {
    Fault::invalid("unknown_table").field("table", "unknown_table")
}

/// A table among stock rows that are locked, if nobody has it; else 409 `table_taken`.
pub(super) async fn free_place(
    conn: &mut Conn,
    places: &[Places],
    row: &ReservationRow,
    table: Uuid,
) -> Result<Places, Fault> {
    let there = places.iter().find(|place| place.table == table).copied().ok_or_else(unknown_table)?;
    // One that was put to another table has nobody of its own.
    if !there.is_free() || store::is_taken(conn, &[table], row.id).await? {
        return Err(Fault::conflict("table_taken").field("table", "table_taken"));
    }
    Ok(there)
}

/// 409 `party_too_large` unless so many people fit.
pub(super) fn fits(party: i32, seats: i64, field: &'static str) -> Result<(), Fault> {
    if i64::from(party) <= seats {
        return Ok(());
    }
    let detail = format!("{party} people do not fit at a table for {seats}.");
    Err(Fault::conflict("party_too_large").field(field, "party_too_large").detail(detail))
}

/// The places that a locked order has: held, and sold.
pub(super) async fn taken(conn: &mut Conn, order: &OrderRow) -> Result<(i64, i64), DbError> {
    if let OrderState::Pending { .. } = order.state() {
        let lines = orders::store::lines(conn, order.key()).await?;
        let held = lines.iter().filter(|line| line.kind == "ticket").map(|line| i64::from(line.places));
        return Ok((held.sum(), 0));
    }
    let sold = seated(conn, order).await?.len();
    Ok((0, i64::try_from(sold).unwrap_or(i64::MAX)))
}

/// Everything of a locked reservation but its stock is of another table now, and of that alone. The door hears of its passes.
pub(super) async fn relocate(
    conn: &mut Conn,
    row: &ReservationRow,
    order: &OrderRow,
    to: &TypeRow,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    work_store::move_lines(conn, order.id, to).await?;
    work_store::set_table(conn, row.id, row.event_id, to.id).await?;
    let moved = work_store::move_tickets(conn, order.id, to, now).await?;
    for (ticket, reference) in tickets::all(conn, moved).await? {
        bus::outbox::add(conn, &crate::tickets::changed(&ticket, &reference), now).await?;
    }
    Ok(())
}
