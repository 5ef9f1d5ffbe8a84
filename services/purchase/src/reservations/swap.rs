//! `POST /internal/v1/reservations/{id}/swap`: two parties of a night change tables, at once or not at all.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::web::{Data, Json, Path};
use audit::Actor;
use chrono::{DateTime, Utc};
use db::Conn;
use internal_api::purchase::reservations::{ReservationView, SwapRequest};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::desk::{Command, Opened, changed, only_in};
use super::move_table::{LIVE, fits, known_table, relocate, taken};
use super::store::{self, ReservationRow};
use super::work_store;
use crate::Shop;
use crate::catalog::store::TypeRow;
use crate::orders::store::OrderRow;

/// Has them change places. What each agreed to spend stays. 409 `invalid_state` where a table is nobody's own any more,
/// `several_tables`, `party_too_large`; 422 `unknown_reservation`.
pub async fn swap(
    caller: ServiceCaller<callers::Desk>,
    request_id: RequestId,
    shop: Data<Shop>,
    request: HttpRequest,
    id: Path<Uuid>,
    body: ApiJson<SwapRequest>,
) -> Result<Json<ReservationView>, Fault> {
    let body = body.into_inner();
    if body.with == *id {
        return Err(unknown());
    }
    let actor = Actor::caller(&caller, &request_id);
    let mut command = Command::of(&request, *id, "reservation.swapped", &body, actor)?;
    command.with = Some(body.with);
    let mut conn = shop.db.conn().await?;
    // Nobody tells of a reservation in a body by 404: that is said of the one in the path.
    let known = store::find(&mut conn, body.with).await?;
    drop(conn);
    known.ok_or_else(unknown)?;
    let now = shop.clock.now();
    let view = shop.db.transaction(async |conn| carry_out(conn, &command, now).await).await?;
    shop.bus.wake_relay();
    tracing::info!(reservation = %command.id, with = %body.with, caller = caller.name, "reservations swapped");
    Ok(Json(view))
}

fn unknown() -> Fault {
    Fault::invalid("unknown_reservation").field("with", "unknown_reservation")
}

/// One of both, with its table.
struct Side {
    row: ReservationRow,
    order: OrderRow,
    table: TypeRow,
}

async fn carry_out(conn: &mut Conn, command: &Command, now: DateTime<Utc>) -> Result<ReservationView, Fault> {
    let Some(opened) = command.begin(conn, now).await? else { return command.again(conn).await };
    let [own, other]: [Opened; 2] = opened.try_into().map_err(|_| unknown())?;
    if own.row.event_id != other.row.event_id {
        return Err(unknown());
    }
    let (mut own, mut other) = (side(conn, own).await?, side(conn, other).await?);
    let (here, there) = (own.table.clone(), other.table.clone());
    let places = work_store::lock_places(conn, own.row.event_id, &[here.id, there.id]).await?;
    let seats = |table: Uuid| places.iter().find(|place| place.table == table).map_or(0, |place| place.seats);
    fits(own.row.party, seats(there.id), "with")?;
    fits(other.row.party, seats(here.id), "with")?;
    let (own_held, own_sold) = taken(conn, &own.order).await?;
    let (other_held, other_sold) = taken(conn, &other.order).await?;
    let (held, sold) = (other_held - own_held, other_sold - own_sold);
    work_store::shift(conn, &BTreeMap::from([(here.id, (held, sold)), (there.id, (-held, -sold))])).await?;
    work_store::defer_one_live(conn).await?;
    for (side, to) in [(&mut own, &there), (&mut other, &here)] {
        relocate(conn, &side.row, &side.order, to, now).await?;
        changed(conn, &mut side.row, "moved", now).await?;
    }
    let detail = json!({"with": other.row.id, "before": here.id, "after": there.id});
    command.done(conn, detail, now).await
}

async fn side(conn: &mut Conn, opened: Opened) -> Result<Side, Fault> {
    let Opened { order, row } = opened;
    only_in(&row, &LIVE)?;
    let order = order.ok_or_else(|| Fault::conflict("invalid_state"))?;
    let tables = store::tables_of(conn, row.id).await?;
    let [only] = tables.as_slice() else { return Err(Fault::conflict("several_tables")) };
    let table = known_table(conn, &row, only.id).await?;
    Ok(Side { row, order, table })
}
