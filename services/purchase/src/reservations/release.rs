//! `POST /internal/v1/reservations/{id}/release`: a party that did not come loses its table: by hand, or by itself so long after its
//! time as the night's plan says. Its passes are good no more, and its deposit stays. The door is asked before, so nobody loses a table
//! whose first guest has just come in, however late word of it gets here.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json, Path};
use audit::Actor;
use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use domain::reservation::{ReservationState, Step};
use internal_api::purchase::reservations::{ReleaseRequest, ReservationView};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::cancel::free;
use super::desk::{Command, Opened, after, nobody_inside, open, seated};
use super::follow::take;
use super::plan::Plan;
use super::store;
use super::work_store::{self, Late};
use crate::Shop;

/// Gives the table away. 409 `invalid_state` unless the party is expected, `guest_inside` and `door_silent` as the door says.
pub async fn release(
    caller: ServiceCaller<callers::Desk>,
    request_id: RequestId,
    shop: Data<Shop>,
    request: HttpRequest,
    id: Path<Uuid>,
    body: ApiJson<ReleaseRequest>,
) -> Result<Json<ReservationView>, Fault> {
    let body = body.into_inner();
    let command =
        Command::of(&request, *id, "reservation.released", &body, Actor::caller(&caller, &request_id))?;
    let mut conn = shop.db.conn().await?;
    let row = store::find(&mut conn, command.id).await?.ok_or_else(Fault::not_found)?;
    let known = command.is_known(&mut conn).await?;
    drop(conn);
    let now = shop.clock.now();
    if !known {
        after(&row, Step::Release)?;
        nobody_inside(&shop, &row, now).await?;
    }
    let view = shop
        .db
        .transaction(async |conn| {
            let Some(opened) = command.begin_one(conn, now).await? else { return command.again(conn).await };
            let arrives_at = opened.row.arrives_at;
            give_away(conn, opened, now).await?;
            command.done(conn, json!({"arrives_at": arrives_at}), now).await
        })
        .await?;
    shop.bus.wake_relay();
    tracing::info!(reservation = %command.id, caller = caller.name, "table given away");
    Ok(Json(view))
}

/// The passes of a locked reservation are good no more, and its table is free.
async fn give_away(conn: &mut Conn, opened: Opened, now: DateTime<Utc>) -> Result<(), Fault> {
    let Opened { order, mut row } = opened;
    let next = after(&row, Step::Release)?;
    if let Some(order) = &order {
        let passes = seated(conn, order).await?;
        free(conn, order, passes, ("cancelled", true), now).await?;
    }
    take(conn, &mut row, next, Step::Release.code(), now).await?;
    Ok(())
}

/// Gives the tables of late parties away whose time is over; says how many.
pub(crate) async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    let mut conn = shop.db.conn().await?;
    let late = work_store::late(&mut conn, now).await?;
    let counts = work_store::counts(&mut conn, now).await?;
    drop(conn);
    for state in ReservationState::ALL {
        let count = counts.iter().find(|(code, _)| code == state.code()).map_or(0, |(_, count)| *count);
        shop.metrics.reservations(state.code(), count);
    }
    let due: Vec<Uuid> = late.iter().filter(|party| is_due(party, now)).map(|party| party.id).collect();
    let mut released = 0;
    for id in due {
        match release_late(shop, id, now).await {
            Ok(true) => {
                released += 1;
                shop.metrics.late_party(true);
            }
            Ok(false) => {}
            // Whoever is inside, the door tells us; a door that does not answer is asked again in the next round, and not for each.
            Err(fault) if fault.code() == "door_silent" => {
                shop.metrics.late_party(false);
                break;
            }
            Err(fault) => {
                if fault.code() != "guest_inside" {
                    shop.metrics.late_party(false);
                }
                tracing::info!(reservation = %id, code = fault.code(), "a late party's table stays its own")
            }
        }
    }
    if released > 0 {
        shop.bus.wake_relay();
    }
    Ok(released)
}

fn is_due(party: &Late, now: DateTime<Utc>) -> bool {
    let minutes = Plan::read(&party.plan).map_or(0, |plan| plan.release_after_minutes());
    let patience = TimeDelta::try_minutes(minutes).filter(|_| minutes > 0);
    patience.and_then(|patience| party.arrives_at.checked_add_signed(patience)).is_some_and(|due| due <= now)
}

async fn release_late(shop: &Shop, id: Uuid, now: DateTime<Utc>) -> Result<bool, Fault> {
    let row = store::find(&mut *shop.db.conn().await?, id).await?.ok_or_else(Fault::not_found)?;
    if row.state() != ReservationState::Confirmed {
        return Ok(false);
    }
    nobody_inside(shop, &row, now).await?;
    shop.db.transaction(async |conn| take_from_late(conn, id, now).await).await
}

/// `false`: the reservation has gone another way meanwhile.
async fn take_from_late(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<bool, Fault> {
    let opened = open(conn, &[id]).await?.and_then(|mut opened| opened.pop());
    let Some(opened) = opened.filter(|opened| opened.row.state() == ReservationState::Confirmed) else {
        return Ok(false);
    };
    let detail = json!({
        "event": opened.row.event_id, "order": opened.row.order_id, "arrives_at": opened.row.arrives_at,
    });
    give_away(conn, opened, now).await?;
    let actor = Actor::named("purchase", "late parties");
    audit::record(conn, &actor, "reservation.released", &id.to_string(), detail, now).await?;
    Ok(true)
}
