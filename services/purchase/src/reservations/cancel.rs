//! `POST /internal/v1/reservations/{id}/cancel`: the club calls a reservation off. Its passes are good no more, its table is free, and
//! what goes back of its deposit is on its way, all in one transaction. Where the doors are open the door is asked before, and nothing
//! happens if one of the party is inside.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path};
use audit::Actor;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::RefundId;
use domain::refund::{self, Parts, Reason, RefundFault};
use domain::reservation::{ReservationState, Step};
use internal_api::purchase::reservations::{CancelRequest, RefundOf, ReservationView};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::desk::{Command, Opened, after, nobody_inside, seated};
use super::follow::take;
use super::store;
use super::work_store;
use crate::orders::store::{LineRow, OrderRow};
use crate::refunds::store::{self as refunds, NewRefund};
use crate::tickets::store::TicketRow;
use crate::tickets::void;
use crate::{Shop, credits, disputes, orders};

/// Calls it off. 409 `invalid_state` once the party is here or the reservation is over, or where a bank holds the money, `guest_inside`
/// and `door_silent` as the door says, `refund_waits` while one of the order does, `refund_exceeds_captured`; 422 `invalid_amount`.
pub async fn cancel(
    caller: ServiceCaller<callers::Desk>,
    request_id: RequestId,
    shop: Data<Shop>,
    request: HttpRequest,
    id: Path<Uuid>,
    body: ApiJson<CancelRequest>,
) -> Result<Json<ReservationView>, Fault> {
    let body = body.into_inner();
    let actor = Actor::caller(&caller, &request_id).because(audit::reason(&body.reason)?);
    let command = Command::of(&request, *id, "reservation.cancelled", &body, actor)?;
    look_ahead(&shop, &command, body.refund).await?;
    let now = shop.clock.now();
    let view = shop.db.transaction(async |conn| call_off(conn, &command, body.refund, now).await).await?;
    shop.bells.refunds.notify_one();
    shop.bells.sweep.notify_one();
    shop.bus.wake_relay();
    tracing::info!(reservation = %command.id, caller = caller.name, state = view.state, "reservation called off");
    Ok(Json(view))
}

/// Refuses what will not be done before the door makes any code bad.
async fn look_ahead(shop: &Shop, command: &Command, how: RefundOf) -> Result<(), Fault> {
    let mut conn = shop.db.conn().await?;
    let row = store::find(&mut conn, command.id).await?.ok_or_else(Fault::not_found)?;
    if command.is_known(&mut conn).await? {
        return Ok(());
    }
    after(&row, Step::Cancel)?;
    let order = match row.order_id {
        Some(order) => orders::store::find(&mut conn, order.into()).await?,
        None => None,
    };
    weigh(&mut conn, order.as_ref(), how).await?;
    drop(conn);
    nobody_inside(shop, &row, shop.clock.now()).await
}

async fn call_off(
    conn: &mut Conn,
    command: &Command,
    how: RefundOf,
    now: DateTime<Utc>,
) -> Result<ReservationView, Fault> {
    let Some(Opened { mut order, mut row }) = command.begin_one(conn, now).await? else {
        return command.again(conn).await;
    };
    let next = after(&row, Step::Cancel)?;
    let before = row.state.clone();
    let parts = weigh(conn, order.as_ref(), how).await?;
    match order.as_mut() {
        Some(order) if order.state == "paid" => take_back(conn, order, parts, how, now).await?,
        Some(order) => work_store::end_hold(conn, order.id, now).await?,
        None => {}
    }
    // An order that is refunded as a whole has taken its reservation along.
    let is_off = store::find(conn, row.id).await?.map(|row| row.state()) == Some(ReservationState::Cancelled);
    if !is_off {
        take(conn, &mut row, next, Step::Cancel.code(), now).await?;
    }
    let detail =
        json!({"before": before, "refund": how, "amount_minor": parts.total(), "currency": row.currency});
    command.done(conn, detail, now).await
}

/// Whether a locked order is of a reservation that was called off before it was paid: money for it comes too late. Of an order whose
/// hold ends after it began nobody is asked: payments in a rush are spared the question.
pub(crate) async fn was_called_off(conn: &mut Conn, order: &OrderRow) -> Result<bool, DbError> {
    Ok(order.held_until <= order.created_at && work_store::is_called_off(conn, order.id).await?)
}

/// What goes back of the money of an order.
async fn weigh(conn: &mut Conn, order: Option<&OrderRow>, how: RefundOf) -> Result<Parts, Fault> {
    let Some(order) = order.filter(|order| order.state == "paid") else {
        return match how {
            RefundOf::AmountMinor(_) => Err(Fault::conflict("refund_exceeds_captured")),
            RefundOf::All | RefundOf::None => Ok(Parts::default()),
        };
    };
    if refunds::asked_of(conn, order.key()).await?.is_some() {
        return Err(Fault::conflict("refund_waits"));
    }
    if how == RefundOf::None {
        return Ok(Parts::default());
    }
    if disputes::store::holds_money_of(conn, order.key()).await? {
        return Err(Fault::conflict("invalid_state").detail(
            "The guest's bank has taken this payment back: nothing of it can be given back, unless the club wins the dispute.",
        ));
    }
    let lines: Vec<_> = orders::store::lines(conn, order.key()).await?.iter().map(LineRow::quoted).collect();
    let left = refund::paid(&lines).less(refunds::given_back(conn, order.key()).await?);
    match how {
        RefundOf::AmountMinor(minor) => left.amount(minor).map_err(|fault| match fault {
            RefundFault::Nothing => Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_amount"),
            RefundFault::Exceeds => Fault::conflict("refund_exceeds_captured"),
        }),
        RefundOf::All | RefundOf::None => Ok(left),
    }
}

/// The passes of a locked order are good no more, their places are free, and the money goes.
async fn take_back(
    conn: &mut Conn,
    order: &mut OrderRow,
    parts: Parts,
    how: RefundOf,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let all = how == RefundOf::All;
    let passes = seated(conn, order).await?;
    let live: Vec<Uuid> = passes.iter().filter(|pass| pass.is_live()).map(|pass| pass.id).collect();
    match how {
        RefundOf::All => give_back(conn, order, "order", parts, &live, now).await?,
        RefundOf::AmountMinor(_) => give_back(conn, order, "amount", parts, &[], now).await?,
        RefundOf::None => {}
    }
    let becomes = if all && parts.total() > 0 { "refunded" } else { "cancelled" };
    // The refund of all of it says so itself to those who had a pass.
    free(conn, order, passes, (becomes, !all), now).await?;
    if all {
        let refunded = order.state().refund(now).map_err(orders::illegal)?;
        orders::store::step(conn, order, refunded).await?;
    }
    Ok(())
}

/// Takes passes of a locked order back; their places are free with them. `(becomes, says)`: see [`void::freed`].
pub(super) async fn free(
    conn: &mut Conn,
    order: &OrderRow,
    passes: Vec<TicketRow>,
    how: (&'static str, bool),
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let lines: Vec<Uuid> = passes.iter().map(|pass| pass.order_line_id).collect();
    for mut pass in passes {
        void::freed(conn, &mut pass, &order.reference, how, now).await?;
    }
    crate::inventory::store::take_back(conn, &lines).await?;
    Ok(())
}

/// Puts on record what goes back: from here on it is a refund like any other.
async fn give_back(
    conn: &mut Conn,
    order: &OrderRow,
    scope: &'static str,
    parts: Parts,
    passes: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let credit_minor = credits::store::part_of(conn, order.key(), parts.total()).await?;
    let money = credit_minor < parts.total();
    let payment_id = if money { refunds::payment_of(conn, order.key()).await? } else { None };
    if money && payment_id.is_none() && !order.at_venue() {
        return Err(Fault::conflict("invalid_state"));
    }
    let key = format!("reservation cancelled, {}", order.id);
    let row = NewRefund {
        id: RefundId::generate().uuid(),
        payment_id,
        order_id: order.id,
        scope,
        amount_minor: parts.total(),
        fees_minor: parts.fees_minor,
        tax_minor: parts.tax_minor,
        currency: &order.currency,
        reason: Reason::Staff.code(),
        // The door was asked before, or lets nobody in yet.
        state: refund::State::Pending.code(),
        key: Some(&key),
        anyway: true,
        next_try_at: now,
        created_at: now,
        credit_minor,
        as_credit: false,
    };
    refunds::insert(conn, &row, passes).await?;
    Ok(())
}
