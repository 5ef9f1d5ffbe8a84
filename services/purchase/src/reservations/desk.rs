//! What every command of the desk has in common: `POST /internal/v1/reservations/{id}/…` with an `Idempotency-Key`, in one
//! transaction that locks, judges, changes, puts it on record and tells the others. The same key again changes nothing and is answered
//! with the reservation as it is.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use audit::Actor;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::reservation::{ReservationState, Step, balance_minor};
use domain::ticket::Fixed;
use internal_api::purchase::reservations::{ReservationView, ViewedTable};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use web::Fault;

use super::message::tell;
use super::store::{self, ReservationRow, TableRow};
use super::work_store;
use crate::checkout::api::idempotency_key;
use crate::orders::store::OrderRow;
use crate::refunds::Word;
use crate::tickets::change::fixed;
use crate::tickets::store::{self as tickets, TicketRow};
use crate::{Shop, catalog, orders};

/// What staff want of a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    pub id: Uuid,
    /// Another that is changed along with it.
    pub with: Option<Uuid>,
    key: String,
    fingerprint: Vec<u8>,
    /// Its name in the audit log.
    action: &'static str,
    actor: Actor,
}

/// A reservation and the order that pays for it, both locked.
#[derive(Debug)]
pub(super) struct Opened {
    pub order: Option<OrderRow>,
    pub row: ReservationRow,
}

impl Command {
    /// As it was asked for; the key is the request's.
    pub(super) fn of(
        request: &HttpRequest,
        id: Uuid,
        action: &'static str,
        asked: &impl Serialize,
        actor: Actor,
    ) -> Result<Self, Fault> {
        let wish = serde_json::to_vec(&(id, action, asked)).map_err(Fault::internal)?;
        let fingerprint = Sha256::digest(wish).to_vec();
        let key = idempotency_key(request)?.to_owned();
        Ok(Self { id, with: None, key, fingerprint, action, actor })
    }

    /// Locks what it is about: orders, then reservations, each in sorted order. None where this very command was carried out before.
    pub(super) async fn begin(
        &self,
        conn: &mut Conn,
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<Opened>>, Fault> {
        let ids: Vec<Uuid> = [Some(self.id), self.with].into_iter().flatten().collect();
        let opened = open(conn, &ids).await?.ok_or_else(Fault::not_found)?;
        match work_store::command(conn, &self.key).await? {
            None => {
                work_store::note_command(conn, &self.key, self.id, &self.fingerprint, now).await?;
                Ok(Some(opened))
            }
            Some((id, fingerprint)) if id == self.id && fingerprint == self.fingerprint => Ok(None),
            Some(_) => Err(Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused")),
        }
    }

    /// The same for a command about one reservation.
    pub(super) async fn begin_one(
        &self,
        conn: &mut Conn,
        now: DateTime<Utc>,
    ) -> Result<Option<Opened>, Fault> {
        Ok(self.begin(conn, now).await?.and_then(|mut opened| opened.pop()))
    }

    /// Puts it on record and answers.
    pub(super) async fn done(
        &self,
        conn: &mut Conn,
        mut detail: Value,
        now: DateTime<Utc>,
    ) -> Result<ReservationView, Fault> {
        let row = store::find(conn, self.id).await?.ok_or_else(Fault::not_found)?;
        detail["event"] = json!(row.event_id);
        detail["order"] = json!(row.order_id);
        audit::record(conn, &self.actor, self.action, &self.id.to_string(), detail, now).await?;
        view(conn, row).await
    }

    /// The answer to a repeat.
    pub(super) async fn again(&self, conn: &mut Conn) -> Result<ReservationView, Fault> {
        let row = store::find(conn, self.id).await?.ok_or_else(Fault::not_found)?;
        view(conn, row).await
    }

    /// Whether this very command was carried out before; 422 `idempotency_key_reused` where its key was another's.
    pub(super) async fn was_done(&self, conn: &mut Conn) -> Result<bool, Fault> {
        match work_store::command(conn, &self.key).await? {
            None => Ok(false),
            Some((id, fingerprint)) if id == self.id && fingerprint == self.fingerprint => Ok(true),
            Some(_) => Err(Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused")),
        }
    }

    /// Puts down that it was carried out, in the transaction that does: its key, and its audit row.
    pub(super) async fn put_down(
        &self,
        conn: &mut Conn,
        detail: Value,
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        work_store::note_command(conn, &self.key, self.id, &self.fingerprint, now).await?;
        audit::record(conn, &self.actor, self.action, &self.id.to_string(), detail, now).await?;
        Ok(())
    }

    /// Whether this very key was used before: then nobody is asked again.
    pub(super) async fn is_known(&self, conn: &mut Conn) -> Result<bool, DbError> {
        Ok(work_store::command(conn, &self.key).await?.is_some())
    }
}

/// Locks reservations with their orders, and gives them in the order in which they are named; none where one does not exist.
pub(super) async fn open(conn: &mut Conn, ids: &[Uuid]) -> Result<Option<Vec<Opened>>, Fault> {
    let mut found = Vec::new();
    for id in ids {
        let Some(row) = store::find(conn, *id).await? else { return Ok(None) };
        found.push(row);
    }
    let mut keys: Vec<Uuid> = found.iter().filter_map(|row| row.order_id).collect();
    keys.sort_unstable();
    let mut locked = Vec::new();
    for key in keys {
        locked.push(orders::store::lock(conn, key.into()).await?.ok_or_else(Fault::not_found)?);
    }
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    let mut rows = Vec::new();
    for id in sorted {
        rows.push(store::lock(conn, id).await?.ok_or_else(Fault::not_found)?);
    }
    let mut opened = Vec::new();
    for was in &found {
        let Some(row) = rows.iter().find(|row| row.id == was.id).cloned() else { return Ok(None) };
        if row.order_id != was.order_id {
            return Err(DbError::Conflict(format!("reservation {} got its order just now", row.id)).into());
        }
        let order = locked.iter().find(|order| Some(order.id) == row.order_id).cloned();
        opened.push(Opened { order, row });
    }
    Ok(Some(opened))
}

/// A reservation as the desk is answered.
pub(super) async fn view(conn: &mut Conn, row: ReservationRow) -> Result<ReservationView, Fault> {
    let tables = store::tables_of(conn, row.id).await?;
    let table = |table: TableRow| ViewedTable {
        id: table.id,
        label: table.label,
        seats: u32::try_from(table.seats).unwrap_or_default(),
    };
    Ok(ReservationView {
        id: row.id,
        state: row.state,
        tables: tables.into_iter().map(table).collect(),
        party: row.party.unsigned_abs(),
        host: row.host,
        currency: row.currency,
        minimum_minor: row.minimum_minor,
        deposit_minor: row.deposit_minor,
        spent_minor: row.spent_minor,
        balance_minor: balance_minor(row.minimum_minor, row.spent_minor, row.deposit_minor),
        revision: row.revision,
    })
}

/// Writes a locked reservation that has changed without a step, and tells the others.
pub(super) async fn changed(
    conn: &mut Conn,
    row: &mut ReservationRow,
    change: &'static str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    row.revision += 1;
    row.changed_at = now;
    store::write(conn, row).await?;
    tell(conn, row, change, now).await
}

/// The state after a step, or 409 `invalid_state`.
pub(super) fn after(row: &ReservationRow, step: Step) -> Result<ReservationState, Fault> {
    row.state().after(step).map_err(|illegal| Fault::conflict("invalid_state").detail(illegal.to_string()))
}

/// 409 `invalid_state` unless the reservation is in one of these.
pub(super) fn only_in(row: &ReservationRow, states: &[ReservationState]) -> Result<(), Fault> {
    let state = row.state();
    if states.contains(&state) {
        return Ok(());
    }
    Err(Fault::conflict("invalid_state").detail(format!("The reservation is {state}.")))
}

/// Has the door make codes bad before their places are given to somebody else: all of them, or none if anybody is inside with one.
/// Says who is. It is not asked where its doors were never open; 409 `door_silent` where it does not answer.
pub(super) async fn ask_the_door(
    shop: &Shop,
    event: Uuid,
    tickets: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, Fault> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let night = catalog::store::event(&mut *shop.db.conn().await?, event).await?;
    if night.is_some_and(|night| night.shut_revision.is_none() && now < night.entry_from) {
        return Ok(Vec::new());
    }
    match shop.doors.take_off(event, tickets).await {
        Word::Revoked(_) => Ok(Vec::new()),
        Word::Inside(inside) => Ok(inside.into_iter().map(|one| one.ticket).collect()),
        Word::Silent => Err(fixed(Fixed::DoorSilent)),
    }
}

/// 409 `guest_inside` where the door says that somebody of an order is.
pub(super) async fn nobody_inside(
    shop: &Shop,
    row: &ReservationRow,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let Some(order) = row.order_id else { return Ok(()) };
    let passes = tickets::of_order(&mut *shop.db.conn().await?, order.into()).await?;
    let live: Vec<Uuid> = passes.iter().filter(|pass| pass.is_live()).map(|pass| pass.id).collect();
    let inside = ask_the_door(shop, row.event_id, &live, now).await?;
    if inside.is_empty() { Ok(()) } else { Err(fixed(Fixed::Inside)) }
}

/// The tickets of a locked order that have a place.
pub(super) async fn seated(conn: &mut Conn, order: &OrderRow) -> Result<Vec<TicketRow>, DbError> {
    let mut rows = tickets::of_order(conn, order.key()).await?;
    rows.retain(|ticket| !ticket.place_freed);
    Ok(rows)
}
