//! `POST /internal/v1/reservations/{id}/{approve|decline}`: a host answers a request for a table. A yes goes through the engine as any
//! booking does, so of two requests for one table one gets it; the request's row becomes the reservation of the order in the batch's
//! own transaction, with the audit row.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::web::{Data, Json, Path};
use audit::Actor;
use bus::outbox::Row;
use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use domain::name::is_legible;
use domain::reservation::{ReservationState, Step};
use internal_api::purchase::reservations::{AnswerRequest, ReservationView};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::desk::{Command, Opened, after};
use super::made::Booking;
use super::message::{changed, tell_with};
use super::store::{self, ReservationRow};
use super::wish::LONGEST_WISH;
use crate::Shop;
use crate::checkout::place;
use crate::inventory::{Buyer, EventName, HoldRequest, TableWish, Wanted};

/// How long a table is held for its deposit at most.
const HELD_FOR: TimeDelta = TimeDelta::hours(24);
/// How long before the party arrives the deposit has to be in.
const PAID_BEFORE: TimeDelta = TimeDelta::hours(1);

/// A host's yes to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    until: DateTime<Utc>,
    note: String,
    command: Command,
}

impl Approval {
    /// Which request is granted.
    pub const fn reservation(&self) -> Uuid {
        self.command.id
    }

    /// How long its table waits for the deposit.
    pub const fn until(&self) -> DateTime<Utc> {
        self.until
    }
}

/// Grants a request: its table is held for the deposit. 409 `sold_out` where another party has it by now, `invalid_state` where the
/// request was answered before or withdrawn, `too_late` within an hour of the arrival; else as a booking.
pub async fn approve(
    caller: ServiceCaller<callers::Desk>,
    request_id: RequestId,
    shop: Data<Shop>,
    request: HttpRequest,
    id: Path<Uuid>,
    body: ApiJson<AnswerRequest>,
) -> Result<Json<ReservationView>, Fault> {
    let body = body.into_inner();
    let note = written(&body.note)?;
    let actor = Actor::caller(&caller, &request_id);
    let command = Command::of(&request, *id, "reservation.approved", &body, actor)?;
    if let Some(hold) = hold(&shop, &command, note).await? {
        // On the heap: Stripe's answers make it large.
        Box::pin(place::place(&shop, hold)).await?;
    }
    let view = command.again(&mut *shop.db.conn().await?).await?;
    tracing::info!(reservation = %command.id, caller = caller.name, state = view.state, "request for a table granted");
    Ok(Json(view))
}

/// Refuses a request. 409 `invalid_state` where it was answered before or withdrawn.
pub async fn decline(
    caller: ServiceCaller<callers::Desk>,
    request_id: RequestId,
    shop: Data<Shop>,
    request: HttpRequest,
    id: Path<Uuid>,
    body: ApiJson<AnswerRequest>,
) -> Result<Json<ReservationView>, Fault> {
    let body = body.into_inner();
    let note = written(&body.note)?;
    let actor = Actor::caller(&caller, &request_id);
    let command = Command::of(&request, *id, "reservation.declined", &body, actor)?;
    let now = shop.clock.now();
    let view = shop.db.transaction(async |conn| refuse(conn, &command, &note, now).await).await?;
    shop.bus.wake_relay();
    Ok(Json(view))
}

async fn refuse(
    conn: &mut Conn,
    command: &Command,
    note: &str,
    now: DateTime<Utc>,
) -> Result<ReservationView, Fault> {
    let Some(Opened { mut row, .. }) = command.begin_one(conn, now).await? else {
        return command.again(conn).await;
    };
    only_requested(&row)?;
    let next = after(&row, Step::Cancel)?;
    next.code().clone_into(&mut row.state);
    row.revision += 1;
    row.changed_at = now;
    store::write(conn, &row).await?;
    tell_with(conn, &row, "decline", note, now).await?;
    command.done(conn, json!({"note": note}), now).await
}

/// What the engine is asked for; nothing where this very command was carried out before.
async fn hold(shop: &Shop, command: &Command, note: String) -> Result<Option<HoldRequest>, Fault> {
    let now = shop.clock.now();
    let mut conn = shop.db.conn().await?;
    let row = store::find(&mut conn, command.id).await?.ok_or_else(Fault::not_found)?;
    if command.was_done(&mut conn).await? {
        return Ok(None);
    }
    only_requested(&row)?;
    let until = (now + HELD_FOR).min(row.arrives_at - PAID_BEFORE);
    if until <= now {
        return Err(Fault::conflict("too_late").detail("The party arrives within the hour."));
    }
    let tables = store::tables_of(&mut conn, row.id).await?;
    let table = tables.as_slice().first().map(|table| table.id).ok_or_else(Fault::not_found)?;
    let approval = Approval { until, note, command: command.clone() };
    Ok(Some(request_for(&row, table, approval)))
}

fn request_for(row: &ReservationRow, table: Uuid, approval: Approval) -> HoldRequest {
    let preorder = row.preorder().into_iter().map(|item| (item.bottle_id, item.quantity)).collect();
    let wish = TableWish {
        party: row.party.unsigned_abs(),
        arrives_at: row.arrives_at,
        occasion: row.occasion.clone(),
        wish: row.wish.clone(),
        preorder,
        approval: Some(approval),
    };
    HoldRequest {
        event: EventName::Id(row.event_id),
        items: vec![Wanted::of(table.into(), 1)],
        buyer: Buyer {
            name: row.booker_name.clone(),
            email: row.booker_email.clone(),
            language: row.language.parse().unwrap_or_default(),
        },
        client: None,
        access_code: None,
        promo: None,
        answers: BTreeMap::new(),
        claim: None,
        exchange: None,
        table: Some(wish),
        desk: None,
        // A request is granted once, whoever of the club says yes at the same moment.
        key: format!("approve:{}", row.id),
        fingerprint: Sha256::digest(row.id.as_bytes()).to_vec(),
        traceparent: None,
    }
}

/// Makes a request the reservation of the order that was just written for it, puts that on record and tells the others.
pub(super) async fn carry_out(
    conn: &mut Conn,
    booking: &Booking<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let made = booking.made;
    let Some(approval) = &made.approval else { return Ok(()) };
    let asked = store::lock(conn, approval.reservation()).await?;
    let asked = asked.filter(|row| row.state() == ReservationState::Requested);
    let asked = asked.ok_or_else(|| DbError::Conflict("a request was answered just now".to_owned()))?;
    let row = ReservationRow {
        order_id: made.row.order_id,
        state: made.row.state.clone(),
        revision: asked.revision + 1,
        minimum_minor: made.row.minimum_minor,
        deposit_minor: made.row.deposit_minor,
        preorder: made.row.preorder.clone(),
        changed_at: now,
        ..asked
    };
    store::write(conn, &row).await?;
    let detail = json!({
        "event": row.event_id, "order": row.order_id, "table": made.table.id, "held_until": approval.until,
        "note": approval.note,
    });
    approval.command.put_down(conn, detail, now).await?;
    let mut message = changed(&row, Some(booking.order), vec![made.table.clone()], Step::Approve.code());
    message.order_url.clone_from(&made.pay_at);
    message.note.clone_from(&approval.note);
    let told = Row { traceparent: booking.trace.map(str::to_owned), ..Row::of(&message, now) };
    bus::outbox::add_rows_quietly(conn, vec![told]).await
}

/// 409 `invalid_state` where a request was answered or withdrawn.
pub(super) fn only_requested(row: &ReservationRow) -> Result<(), Fault> {
    super::desk::only_in(row, &[ReservationState::Requested])
}

/// What a host writes to whoever asked, or 422 `invalid_text`.
fn written(note: &str) -> Result<String, Fault> {
    let note = note.trim();
    if note.chars().count() > LONGEST_WISH || !is_legible(note) {
        return Err(Fault::invalid("invalid_text").field("note", "too_long"));
    }
    Ok(note.to_owned())
}
