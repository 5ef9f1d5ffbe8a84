//! A table that is asked for: the request stands without an order, holds nothing, and waits for a host. Several may ask for one table.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::reservation::ReservationState;
use serde_json::Value;
use uuid::Uuid;
use web::Fault;

use super::message::{Preorder, tell};
use super::on_sale::{self, TableOnSale};
use super::refusal::refused;
use super::store::{self, ReservationRow};
use crate::catalog::store::EventRow;
use crate::inventory::{HoldRequest, Refusal, TableWish};
use crate::schema::reservations;
use crate::{Shop, presales};

/// Most requests of one guest that wait for an answer on a night.
const MOST_REQUESTS: i64 = 3;

/// Whether the tables of a night are asked for first.
pub(super) async fn is_asked_for(shop: &Shop, event: Uuid) -> Result<bool, Fault> {
    Ok(shop.floor.see(event).await?.is_some_and(|look| look.plan.asks_first))
}

/// Writes a request down. The same form again is the same request.
pub(super) async fn ask(shop: &Shop, event: &EventRow, hold: &HoldRequest) -> Result<Uuid, Fault> {
    let now = shop.clock.now();
    let night = shop.shelf.night(&event.slug, now).await?.ok_or_else(Fault::not_found)?;
    let known = presales::known_as(shop, event.id, hold.access_code.as_deref()).await?;
    if night.open_to(known.as_deref()).is_none_or(|night| night.ends_at <= now) {
        return Err(Fault::not_found());
    }
    let form = [hold.key.as_bytes(), hold.fingerprint.as_slice()].concat();
    let id = Uuid::new_v5(&event.id, &form);
    shop.db.transaction(async |conn| enter(conn, id, event, hold, now).await).await?;
    shop.bus.wake_relay();
    Ok(id)
}

async fn enter(
    conn: &mut Conn,
    id: Uuid,
    event: &EventRow,
    hold: &HoldRequest,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let unknown = || refused(&Refusal::UnknownTicketType { item: 0 });
    let wish = hold.table.as_ref().ok_or_else(unknown)?;
    let table = hold.items.as_slice().first().map(|item| item.ticket_type.uuid()).ok_or_else(unknown)?;
    queue(conn, event.id, &hold.buyer.guest()).await?;
    if store::find(conn, id).await?.is_some() {
        return Ok(());
    }
    let on_sale = on_sale::read(conn, &[hold]).await?.remove(&table);
    let on_sale = on_sale.filter(|table| table.event_id == event.id).ok_or_else(unknown)?;
    let preorder = fits(&on_sale, wish, event).map_err(|refusal| refused(&refusal))?;
    if waiting(conn, event.id, &hold.buyer.guest()).await? >= MOST_REQUESTS {
        return Err(Fault::conflict("too_many_open")
            .message("booking-error-too-many-requests", &[])
            .detail("Three requests for tables of this night wait for an answer already."));
    }
    let row = ReservationRow {
        id,
        event_id: event.id,
        order_id: None,
        state: ReservationState::Requested.code().to_owned(),
        revision: 1,
        party: i32::try_from(wish.party).unwrap_or(i32::MAX),
        booker_name: hold.buyer.name.clone(),
        booker_email: hold.buyer.email.clone(),
        language: hold.buyer.language.code().to_owned(),
        arrives_at: wish.arrives_at,
        occasion: wish.occasion.clone(),
        wish: wish.wish.clone(),
        host: String::new(),
        promoter: String::new(),
        preorder: serde_json::to_value(&preorder).unwrap_or_else(|_| Value::Array(Vec::new())),
        currency: event.currency.clone(),
        minimum_minor: on_sale.minimum_minor,
        deposit_minor: on_sale.deposit_minor,
        spent_minor: 0,
        made_at: now,
        changed_at: now,
        checked_in_at: None,
        closed_at: None,
        asked: true,
    };
    store::insert(conn, &[(row.clone(), table)]).await?;
    tell(conn, &row, "asked", now).await?;
    Ok(())
}

/// What is ordered beforehand, if the table can be asked for like this.
fn fits(table: &TableOnSale, wish: &TableWish, event: &EventRow) -> Result<Vec<Preorder>, Refusal> {
    if !table.open {
        return Err(Refusal::SaleClosed { item: 0 });
    }
    if table.taken {
        return Err(Refusal::SoldOut { item: 0, left: 0 });
    }
    if i64::from(wish.party) > table.seats {
        return Err(Refusal::LimitExceeded { item: 0, most: u32::try_from(table.seats).unwrap_or(u32::MAX) });
    }
    if wish.arrives_at < event.entry_from || wish.arrives_at >= event.ends_at {
        return Err(Refusal::Arrival);
    }
    table.preorder(wish).map_err(|at| Refusal::UnknownBottle { at })
}

/// Has the requests of one guest for one night come one after another, so that they are counted.
async fn queue(conn: &mut Conn, event: Uuid, guest: &str) -> Result<(), DbError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('request ' || $1 || ' ' || $2, 0))")
        .bind::<sql_types::Text, _>(event.to_string())
        .bind::<sql_types::Text, _>(guest)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many requests of a guest wait for an answer on a night.
async fn waiting(conn: &mut Conn, event: Uuid, guest: &str) -> Result<i64, DbError> {
    let own = diesel::dsl::sql::<sql_types::Bool>("lower(booker_email) = ").bind::<sql_types::Text, _>(guest);
    let count = reservations::table
        .filter(reservations::event_id.eq(event))
        .filter(reservations::state.eq(ReservationState::Requested.code()))
        .filter(own)
        .count();
    Ok(count.get_result(conn).await?)
}
