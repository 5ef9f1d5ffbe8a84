//! The SQL of stock: what is left, and what becomes of places that are held. A batch of the engine is written in `batch`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::ids::{OrderId, TicketTypeId};
use domain::quote::ServiceFee;
use uuid::Uuid;

use super::decide::{Counter, EventTerms, TypeTerms};
use super::{EventName, HoldRequest};
use crate::schema::{checkout_requests, events, stock, ticket_types};

/// Locks the stock rows of a batch, in the order every path locks them, and reads what is sold and at what price.
/// The reads come after the locks, so they see what a change of the event left behind.
pub(super) async fn read_counter(conn: &mut Conn, requests: &[&HoldRequest]) -> Result<Counter, DbError> {
    let types: BTreeSet<Uuid> =
        requests.iter().flat_map(|r| r.items.iter().map(|i| i.ticket_type.uuid())).collect();
    let left = lock(conn, types.into_iter().collect()).await?;
    let mut counter = Counter { events: read_events(conn, requests).await?, ..Counter::default() };
    counter.types = read_types(conn, &left).await?;
    counter.used_keys = read_keys(conn, requests).await?;
    Ok(counter)
}

/// Locks stock rows in sorted order and says what is left of each.
pub(crate) async fn lock(conn: &mut Conn, types: Vec<Uuid>) -> Result<BTreeMap<Uuid, i64>, DbError> {
    let rows: Vec<(Uuid, i64, i64, i64)> = stock::table
        .filter(stock::ticket_type_id.eq_any(types))
        .order(stock::ticket_type_id)
        .select((stock::ticket_type_id, stock::capacity, stock::held, stock::sold))
        .for_no_key_update()
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, capacity, held, sold)| (id, capacity - held - sold)).collect())
}

async fn read_events(
    conn: &mut Conn,
    requests: &[&HoldRequest],
) -> Result<std::collections::HashMap<Uuid, EventTerms>, DbError> {
    let (mut ids, mut slugs) = (BTreeSet::new(), BTreeSet::new());
    for request in requests {
        match &request.event {
            EventName::Id(id) => ids.insert(*id),
            EventName::Slug(slug) => slugs.insert(slug.as_str()),
        };
    }
    type Row = (Uuid, String, String, i64, i64, DateTime<Utc>);
    let rows: Vec<Row> = events::table
        .filter(events::status.eq("published"))
        .filter(
            events::id
                .eq_any(ids.into_iter().collect::<Vec<_>>())
                .or(events::slug.eq_any(slugs.into_iter().collect::<Vec<_>>())),
        )
        .select((
            events::id,
            events::slug,
            events::currency,
            events::fee_fixed_minor,
            events::fee_basis_points,
            events::ends_at,
        ))
        .load(conn)
        .await?;
    // An event in a currency we do not know can't be sold: it is as if it were not there.
    let terms = |(id, slug, currency, fixed_minor, basis_points, ends_at): Row| {
        let fee = ServiceFee { fixed_minor, basis_points };
        Some((id, EventTerms { slug, currency: currency.parse().ok()?, fee, ends_at }))
    };
    Ok(rows.into_iter().filter_map(terms).collect())
}

async fn read_types(
    conn: &mut Conn,
    left: &BTreeMap<Uuid, i64>,
) -> Result<std::collections::HashMap<TicketTypeId, TypeTerms>, DbError> {
    type Row = (Uuid, Uuid, String, i64, i32, i32, Option<DateTime<Utc>>, Option<DateTime<Utc>>);
    let rows: Vec<Row> = ticket_types::table
        .filter(ticket_types::id.eq_any(left.keys().copied().collect::<Vec<_>>()))
        .filter(ticket_types::withdrawn.eq(false))
        .select((
            ticket_types::id,
            ticket_types::event_id,
            ticket_types::name,
            ticket_types::price_minor,
            ticket_types::min_per_order,
            ticket_types::max_per_order,
            ticket_types::sale_from,
            ticket_types::sale_until,
        ))
        .load(conn)
        .await?;
    let terms = |(id, event_id, name, price_minor, fewest, most, sale_from, sale_until): Row| {
        let (min_per_order, max_per_order) = (fewest.unsigned_abs(), most.unsigned_abs());
        let left = left.get(&id).copied().unwrap_or_default();
        let terms = TypeTerms {
            event_id,
            name,
            price_minor,
            min_per_order,
            max_per_order,
            sale_from,
            sale_until,
            left,
        };
        (TicketTypeId::from_uuid(id), terms)
    };
    Ok(rows.into_iter().map(terms).collect())
}

async fn read_keys(
    conn: &mut Conn,
    requests: &[&HoldRequest],
) -> Result<std::collections::HashMap<String, (Vec<u8>, OrderId)>, DbError> {
    let keys: Vec<&str> = requests.iter().map(|request| request.key.as_str()).collect();
    let rows: Vec<(String, Vec<u8>, Uuid)> = checkout_requests::table
        .filter(checkout_requests::key.eq_any(keys))
        .select((checkout_requests::key, checkout_requests::fingerprint, checkout_requests::order_id))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(key, fingerprint, order)| (key, (fingerprint, order.into()))).collect())
}

#[derive(QueryableByName)]
struct Changed {
    #[diesel(sql_type = sql_types::Uuid)]
    #[expect(dead_code, reason = "only the number of rows is of interest")]
    ticket_type_id: Uuid,
}

/// Gives the places of an order back. The caller has locked the order and ends its hold in the same transaction.
pub(crate) async fn release(conn: &mut Conn, order: OrderId) -> Result<(), DbError> {
    change(
        conn,
        order,
        "held = held - l.quantity, capacity = greatest(asked_capacity, held + sold - l.quantity)",
    )
    .await
}

/// Turns an order's held places into sold ones.
pub(crate) async fn sell_held(conn: &mut Conn, order: OrderId) -> Result<(), DbError> {
    change(conn, order, "held = held - l.quantity, sold = sold + l.quantity").await
}

/// Sells an order free places: its hold is over. The caller has locked the rows and seen that there is room;
/// the CHECK would refuse it otherwise.
pub(crate) async fn sell_free(conn: &mut Conn, order: OrderId) -> Result<(), DbError> {
    change(conn, order, "sold = sold + l.quantity").await
}

async fn change(conn: &mut Conn, order: OrderId, set: &'static str) -> Result<(), DbError> {
    // The rows are locked in sorted order first: an UPDATE locks in whatever order it meets them.
    let statement = format!(
        "WITH wanted AS (
           SELECT ticket_type_id, sum(quantity)::bigint AS quantity FROM order_lines
           WHERE order_id = $1 AND kind = 'ticket' GROUP BY ticket_type_id
         ), locked AS (
           SELECT s.ticket_type_id FROM stock s WHERE s.ticket_type_id IN (SELECT ticket_type_id FROM wanted)
           ORDER BY s.ticket_type_id FOR NO KEY UPDATE
         )
         UPDATE stock SET {set} FROM wanted l JOIN locked USING (ticket_type_id)
         WHERE stock.ticket_type_id = l.ticket_type_id RETURNING stock.ticket_type_id"
    );
    let changed: Vec<Changed> =
        diesel::sql_query(statement).bind::<sql_types::Uuid, _>(order.uuid()).load(conn).await?;
    if changed.is_empty() { Err(DbError::NotFound) } else { Ok(()) }
}

/// Whether free places can be taken for a whole order whose hold is over; locks its stock rows.
pub(crate) async fn has_room(conn: &mut Conn, wanted: &BTreeMap<Uuid, i64>) -> Result<bool, DbError> {
    let left = lock(conn, wanted.keys().copied().collect()).await?;
    Ok(wanted.iter().all(|(id, quantity)| left.get(id).is_some_and(|left| left >= quantity)))
}
