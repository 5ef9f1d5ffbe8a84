//! `POST /internal/v1/reservations/{id}/party`: the party becomes larger or smaller, within the seats of its tables. Who comes to it
//! gets a pass of the booker's to share; of fewer, the passes that nobody was given go first, the latest before, and the booker's own
//! last. Who is inside stays.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use actix_web::HttpRequest;
use actix_web::web::{Data, Json, Path};
use audit::Actor;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::reservation::{LARGEST_PARTY, ReservationState};
use internal_api::purchase::reservations::{PartyRequest, ReservationView};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::cancel::free;
use super::desk::{Command, Opened, ask_the_door, changed, only_in, seated};
use super::move_table::fits;
use super::store::{self, ReservationRow};
use super::work_store;
use crate::orders::store::OrderRow;
use crate::tickets::change::fixed;
use crate::tickets::store::{self as tickets, TicketRow};
use crate::{Shop, orders, refunds};

/// Whose passes are out.
const HAS_PASSES: [ReservationState; 2] = [ReservationState::Confirmed, ReservationState::CheckedIn];

/// Changes it. 409 `invalid_state` unless the party is expected or here, `party_too_large`, `party_changed` where its passes went
/// another way meanwhile, `refund_waits` while one of the order does, `guest_inside` and `door_silent` as the door says; 422 `invalid_quantity`.
pub async fn set_party(
    caller: ServiceCaller<callers::Desk>,
    request_id: RequestId,
    shop: Data<Shop>,
    request: HttpRequest,
    id: Path<Uuid>,
    body: ApiJson<PartyRequest>,
) -> Result<Json<ReservationView>, Fault> {
    let body = body.into_inner();
    let party = i32::try_from(body.party).ok().filter(|_| (1..=LARGEST_PARTY).contains(&body.party));
    let party = party.ok_or_else(|| Fault::invalid("invalid_quantity").field("party", "invalid_quantity"))?;
    let command =
        Command::of(&request, *id, "reservation.party", &body, Actor::caller(&caller, &request_id))?;
    let going = who_goes(&shop, &command, party).await?;
    let now = shop.clock.now();
    let view = shop.db.transaction(async |conn| carry_out(conn, &command, party, &going, now).await).await?;
    shop.bus.wake_relay();
    tracing::info!(reservation = %command.id, caller = caller.name, party, "party changed");
    Ok(Json(view))
}

/// The passes that go so that so many stay; the door has made them bad.
async fn who_goes(shop: &Shop, command: &Command, party: i32) -> Result<BTreeSet<Uuid>, Fault> {
    let mut conn = shop.db.conn().await?;
    let row = store::find(&mut conn, command.id).await?.ok_or_else(Fault::not_found)?;
    if command.is_known(&mut conn).await? {
        return Ok(BTreeSet::new());
    }
    only_in(&row, &HAS_PASSES)?;
    let order = match row.order_id {
        Some(order) => orders::store::find(&mut conn, order.into()).await?,
        None => None,
    };
    let order = order.ok_or_else(|| Fault::conflict("invalid_state"))?;
    nothing_waits(&mut conn, &order).await?;
    let passes = seated(&mut conn, &order).await?;
    let given = given(&mut conn, &passes).await?;
    drop(conn);
    let many = passes.len().saturating_sub(usize::try_from(party).unwrap_or_default());
    let mut inside = BTreeSet::new();
    loop {
        let going = latest(&passes, &given, &inside, many);
        if going.len() < many {
            return Err(fixed(domain::ticket::Fixed::Inside));
        }
        let live: Vec<Uuid> = passes
            .iter()
            .filter(|pass| going.contains(&pass.id) && pass.is_live())
            .map(|pass| pass.id)
            .collect();
        let found = ask_the_door(shop, row.event_id, &live, shop.clock.now()).await?;
        if found.is_empty() {
            return Ok(going);
        }
        // Each answer names somebody whom we did not know, so it ends.
        let before = inside.len();
        inside.extend(found);
        if inside.len() == before {
            return Err(fixed(domain::ticket::Fixed::Inside));
        }
    }
}

/// 409 `refund_waits` while the door has not said who may have their money back: a pass that is new would outlive it.
async fn nothing_waits(conn: &mut Conn, order: &OrderRow) -> Result<(), Fault> {
    match refunds::store::asked_of(conn, order.key()).await? {
        Some(_) => Err(Fault::conflict("refund_waits")),
        None => Ok(()),
    }
}

/// Passes that the booker has given to somebody: shared, or passed on.
async fn given(conn: &mut Conn, passes: &[TicketRow]) -> Result<BTreeSet<String>, DbError> {
    let lost = tickets::lost(conn, passes.iter().map(|pass| pass.id).collect()).await?;
    Ok(lost.into_iter().map(|lost| lost.ticket_id).collect())
}

/// So many of these passes as go first.
fn latest(
    passes: &[TicketRow],
    given: &BTreeSet<String>,
    inside: &BTreeSet<Uuid>,
    many: usize,
) -> BTreeSet<Uuid> {
    let mut outside: Vec<&TicketRow> = passes.iter().filter(|pass| !inside.contains(&pass.id)).collect();
    outside.sort_by_key(|pass| {
        (pass.is_live(), pass.ordinal == 1, given.contains(&pass.id.to_string()), Reverse(pass.ordinal))
    });
    outside.into_iter().take(many).map(|pass| pass.id).collect()
}

async fn carry_out(
    conn: &mut Conn,
    command: &Command,
    party: i32,
    going: &BTreeSet<Uuid>,
    now: DateTime<Utc>,
) -> Result<ReservationView, Fault> {
    let Some(Opened { order, mut row }) = command.begin_one(conn, now).await? else {
        return command.again(conn).await;
    };
    only_in(&row, &HAS_PASSES)?;
    let order = order.ok_or_else(|| Fault::conflict("invalid_state"))?;
    nothing_waits(conn, &order).await?;
    let passes = seated(conn, &order).await?;
    let there = i32::try_from(passes.len()).unwrap_or(i32::MAX);
    let changed_meanwhile = || Fault::conflict("party_changed").field("party", "party_changed");
    if party > there {
        if !going.is_empty() {
            return Err(changed_meanwhile());
        }
        widen(conn, &row, &order, (party, party - there), now).await?;
    } else {
        let gone: Vec<TicketRow> = passes.into_iter().filter(|pass| going.contains(&pass.id)).collect();
        if i32::try_from(gone.len()) != Ok(there - party) || gone.len() != going.len() {
            return Err(changed_meanwhile());
        }
        free(conn, &order, gone, ("cancelled", true), now).await?;
    }
    let before = row.party;
    if before != party {
        row.party = party;
        changed(conn, &mut row, "grown", now).await?;
    }
    command.done(conn, json!({"before": before, "after": party}), now).await
}

/// More places at the party's tables, and a pass for each. `(party, more)`: how large it is then, and how many come to it.
async fn widen(
    conn: &mut Conn,
    row: &ReservationRow,
    order: &OrderRow,
    (party, more): (i32, i32),
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let tables = store::tables_of(conn, row.id).await?;
    let first = tables.first().ok_or(DbError::NotFound)?.id;
    work_store::lock_places(conn, row.event_id, &[first]).await?;
    fits(party, tables.iter().map(|table| table.seats).sum(), "party")?;
    let lines = orders::store::lines(conn, order.key()).await?;
    let line = lines.iter().find(|line| line.kind == "ticket").ok_or(DbError::NotFound)?;
    work_store::shift(conn, &BTreeMap::from([(first, (0, i64::from(more)))])).await?;
    work_store::widen_line(conn, line.id, more).await?;
    crate::tickets::more(conn, order, line, more, now).await?;
    Ok(())
}
