//! What a batch reads, under locks: what is left, what is sold at what price, and what its guests have already.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::ids::{OrderId, TicketId, TicketTypeId};
use uuid::Uuid;
use web::ClientNetwork;

use super::decide::{Counter, EventOffer, TypeOffer};
use super::price::Priced;
use super::store::{StockRow, lock_rows};
use super::{EventName, HoldRequest};
use crate::catalog::store::{EventRow, TypeRow};
use crate::reservations::on_sale;
use crate::schema::{events, ticket_types};
use crate::{credits, exchanges, guest_list, promos, waitlist};

/// Locks the tickets that a batch exchanges, with their orders, then its stock rows, in the order every path locks them, then its
/// promos, and reads what is sold and at what price. The reads come after the locks, so they see what a change of the event left behind.
pub(super) async fn read(
    conn: &mut Conn,
    requests: &[&HoldRequest],
    now: DateTime<Utc>,
) -> Result<Counter, DbError> {
    db::look_up(conn).await?;
    let exchanges = requests.iter().filter_map(|request| request.exchange).map(TicketId::uuid).collect();
    let exchanges = Box::pin(exchanges::old_ticket::lock_all(conn, exchanges, now)).await?;
    let types: Vec<Uuid> = requests
        .iter()
        .flat_map(|r| r.items.iter().map(|i| i.ticket_type.uuid()))
        // What is exchanged gives its places back.
        .chain(exchanges.values().map(|old| old.ticket.ticket_type_id))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let rows = lock_types(conn, &types).await?;
    let events = read_events(conn, requests).await?;
    let mut counter = Counter { events, exchanges, ..Counter::default() };
    count(&mut counter, rows);
    counter.types = read_types(conn, &types).await?;
    // On the heap: hardly any batch has one.
    counter.tables = Box::pin(on_sale::read(conn, requests)).await?;
    counter.unpaid_tables = Box::pin(on_sale::unpaid(conn, requests)).await?;
    lock_the_rest(conn, &mut counter).await?;
    read_line(conn, requests, &mut counter, now).await?;
    counter.bought = read_bought(conn, requests, &counter).await?;
    Waiting {
        of_guest: counter.open_orders,
        of_address: counter.open_of_address,
        of_network: counter.open_of_network,
    } = read_open(conn, requests).await?;
    (counter.promos, counter.promo_uses) = promos::read(conn, requests).await?;
    counter.credits = credits::store::read(conn, requests, &counter.promos).await?;
    counter.allotments = guest_list::store::lock_allotments(conn, brought(requests, &counter)).await?;
    counter.used_keys = read_keys(conn, requests).await?;
    Ok(counter)
}

/// What is for those who wait in line, and the offers that this batch claims. Read under the stock rows' locks: who frees
/// places and who makes offers holds them too.
async fn read_line(
    conn: &mut Conn,
    requests: &[&HoldRequest],
    counter: &mut Counter,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let nights: Vec<Uuid> =
        counter.events.iter().filter(|(_, offer)| offer.line).map(|(id, _)| *id).collect();
    if !nights.is_empty() {
        counter.kept = waitlist::kept(conn, &nights, now).await?;
    }
    let claims: BTreeSet<_> = requests.iter().filter_map(|request| request.claim).collect();
    if !claims.is_empty() {
        counter.offers = waitlist::lock_offers(conn, claims).await?;
    }
    Ok(())
}

/// The promoters whose guests the batch puts on a list of a night that is on sale: night and key, with the name as written.
fn brought(requests: &[&HoldRequest], counter: &Counter) -> BTreeMap<(Uuid, String), String> {
    let of = |request: &&HoldRequest| {
        let promoter = request.guest()?.promoter.as_ref()?;
        let EventName::Id(event) = &request.event else { return None };
        counter.events.contains_key(event).then(|| {
            let key = (*event, promoter.key().to_owned());
            (key, promoter.name().to_owned())
        })
    };
    requests.iter().filter_map(of).collect()
}

fn count(counter: &mut Counter, rows: Vec<StockRow>) {
    for (id, capacity, held, sold) in rows {
        counter.left.insert(id, capacity - held - sold);
        counter.unsold.insert(id, capacity - sold);
    }
}

#[derive(QueryableByName)]
struct Limit {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = sql_types::BigInt)]
    capacity: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    held: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    sold: i64,
}

/// Locks every limit of these ticket types in sorted order.
async fn lock_types(conn: &mut Conn, types: &[Uuid]) -> Result<Vec<StockRow>, DbError> {
    // Two look-ups by index. One condition with OR and a subquery would read the stock of every night there ever was.
    let rows: Vec<Limit> = diesel::sql_query(
        "SELECT id, capacity, held, sold FROM stock WHERE id IN (
           SELECT id FROM stock WHERE ticket_type_id = ANY($1)
           UNION ALL SELECT shared_cap_id FROM ticket_types WHERE id = ANY($1) AND shared_cap_id IS NOT NULL
         ) ORDER BY id FOR NO KEY UPDATE",
    )
    .bind::<sql_types::Array<sql_types::Uuid>, _>(types)
    .kept()
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.capacity, row.held, row.sold)).collect())
}

/// A change of the event that committed while this waited for its rows may have given a type another limit: it is locked
/// now. Out of the sorted order, so two such may meet crosswise; PostgreSQL lets one of them try again.
async fn lock_the_rest(conn: &mut Conn, counter: &mut Counter) -> Result<(), DbError> {
    let limits = counter.types.values().flat_map(|offer| offer.priced.all_limits());
    let missing: Vec<Uuid> = limits.filter(|limit| !counter.left.contains_key(limit)).collect();
    if !missing.is_empty() {
        let rest = lock_rows(conn, missing).await?;
        count(counter, rest);
    }
    Ok(())
}

async fn read_events(
    conn: &mut Conn,
    requests: &[&HoldRequest],
) -> Result<HashMap<Uuid, EventOffer>, DbError> {
    let (mut ids, mut slugs) = (BTreeSet::new(), BTreeSet::new());
    for request in requests {
        match &request.event {
            EventName::Id(id) => ids.insert(*id),
            EventName::Slug(slug) => slugs.insert(slug.as_str()),
        };
    }
    let line = sql::<sql_types::Bool>(
        "EXISTS (SELECT FROM waitlist w WHERE w.event_id = events.id AND w.state = 'waiting')",
    );
    let rows: Vec<(EventRow, bool)> = events::table
        .filter(events::status.eq("published"))
        .filter(
            events::id
                .eq_any(ids.into_iter().collect::<Vec<_>>())
                .or(events::slug.eq_any(slugs.into_iter().collect::<Vec<_>>())),
        )
        .select((EventRow::as_select(), line))
        .load(conn)
        .await?;
    // An event in a currency we do not know can't be sold: it is as if it were not there.
    let offer = |(row, line): (EventRow, bool)| {
        let (currency, fee, terms) = (row.currency.parse().ok()?, row.fee(), row.terms());
        let EventRow { id, slug, title, entry_from, ends_at, .. } = row;
        Some((id, EventOffer { slug, title, currency, fee, entry_from, ends_at, terms, line }))
    };
    Ok(rows.into_iter().filter_map(offer).collect())
}

async fn read_types(conn: &mut Conn, types: &[Uuid]) -> Result<HashMap<TicketTypeId, TypeOffer>, DbError> {
    let rows: Vec<TypeRow> = ticket_types::table
        .filter(ticket_types::id.eq_any(types))
        .filter(ticket_types::withdrawn.eq(false))
        .select(TypeRow::as_select())
        .load(conn)
        .await?;
    let offer = |row: TypeRow| {
        let (id, terms) = (TicketTypeId::from_uuid(row.id), row.terms());
        let offer = TypeOffer {
            event_id: row.event_id,
            priced: Priced { id, name: row.name, price_minor: row.price_minor, terms },
            min_per_order: row.min_per_order.unsigned_abs(),
            max_per_order: row.max_per_order.unsigned_abs(),
            sale_from: row.sale_from,
            sale_until: row.sale_until,
        };
        (id, offer)
    };
    Ok(rows.into_iter().map(offer).collect())
}

#[derive(QueryableByName)]
struct Open {
    #[diesel(sql_type = sql_types::Text)]
    who: String,
    /// None: orders of a guest.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Uuid>)]
    stock: Option<Uuid>,
    /// Whether `who` is a network, and not an address: the first address of a /24 is written like it.
    #[diesel(sql_type = sql_types::Bool)]
    network: bool,
    #[diesel(sql_type = sql_types::BigInt)]
    waiting: i64,
}

/// What waits for payment: orders, or tickets by limit.
#[derive(Default)]
struct Waiting {
    of_guest: HashMap<String, i64>,
    of_address: HashMap<(String, Uuid), i64>,
    of_network: HashMap<(String, Uuid), i64>,
}

/// What waits for payment: orders of the batch's guests, and tickets by the network addresses, and networks, that it comes from and by
/// limit.
///
/// It does not say `state = 'pending'`. Outside of a rush hardly any order is, so PostgreSQL would read all of `orders_to_check` for
/// every batch, and in a rush there are thousands. This way it looks the guests up; and only a pending order has a client.
///
/// Guests are joined and not compared by `= ANY($1)`, and [`db::look_up`] has the join look each of them up: PostgreSQL would hash
/// all orders there are, with `lower()` of each, which was half of what a batch took at 20,000 orders.
async fn read_open(conn: &mut Conn, requests: &[&HoldRequest]) -> Result<Waiting, DbError> {
    let guests: BTreeSet<String> = requests.iter().map(|request| request.buyer.guest()).collect();
    let clients: BTreeSet<String> = requests.iter().filter_map(|request| request.client.clone()).collect();
    let networks: HashSet<ClientNetwork> = requests.iter().filter_map(|request| request.network()).collect();
    let rows: Vec<Open> = diesel::sql_query(
        "SELECT lower(buyer_email) AS who, NULL::uuid AS stock, false AS network, count(*) AS waiting
         FROM unnest($1) AS guest (who) JOIN orders ON lower(buyer_email) = guest.who
         WHERE state NOT IN ('paid', 'expired', 'refunded') GROUP BY 1
         UNION ALL
         SELECT o.client, limits.id, false, sum(l.places)::bigint
         FROM unnest($2) AS near (who) JOIN orders o ON o.client = near.who JOIN order_lines l ON l.order_id = o.id
           CROSS JOIN LATERAL unnest(l.stock_ids) AS limits (id)
         GROUP BY 1, 2
         UNION ALL
         SELECT o.client_network, limits.id, true, sum(l.places)::bigint
         FROM unnest($3) AS around (who) JOIN orders o ON o.client_network = around.who JOIN order_lines l ON l.order_id = o.id
           CROSS JOIN LATERAL unnest(l.stock_ids) AS limits (id)
         GROUP BY 1, 2",
    )
    .bind::<sql_types::Array<sql_types::Text>, _>(guests.into_iter().collect::<Vec<_>>())
    .bind::<sql_types::Array<sql_types::Text>, _>(clients.into_iter().collect::<Vec<_>>())
    .bind::<sql_types::Array<sql_types::Text>, _>(
        networks.iter().map(ClientNetwork::as_str).collect::<Vec<_>>(),
    )
    .kept()
    .load(conn)
    .await?;
    let mut found = Waiting::default();
    for Open { who, stock, network, waiting } in rows {
        match stock {
            None => found.of_guest.insert(who, waiting),
            Some(stock) if network => found.of_network.insert((who, stock), waiting),
            Some(stock) => found.of_address.insert((who, stock), waiting),
        };
    }
    Ok(found)
}

#[derive(QueryableByName)]
struct Bought {
    #[diesel(sql_type = sql_types::Text)]
    guest: String,
    #[diesel(sql_type = sql_types::Uuid)]
    ticket_type_id: Uuid,
    #[diesel(sql_type = sql_types::BigInt)]
    places: i64,
}

/// What the batch's guests have already of the types that limit it, open holds included: of a paid order the tickets that did not
/// go back. One that was passed on was bought by its buyer, and counts; so does one that staff voided, whose place stays taken.
///
/// Held under the stock's locks, as everything that is decided here. Who gives back takes these locks before the commit: a ticket on
/// its way back still counts, so nobody ever has more than the club allows.
async fn read_bought(
    conn: &mut Conn,
    requests: &[&HoldRequest],
    counter: &Counter,
) -> Result<HashMap<(String, TicketTypeId), i64>, DbError> {
    let limited = counter.types.values().filter(|offer| offer.priced.terms.max_per_guest.is_some());
    let limited: Vec<Uuid> = limited.map(|offer| offer.priced.id.uuid()).collect();
    if limited.is_empty() {
        return Ok(HashMap::new());
    }
    let guests: BTreeSet<String> = requests.iter().map(|request| request.buyer.guest()).collect();
    let rows: Vec<Bought> = diesel::sql_query(
        "SELECT lower(o.buyer_email) AS guest, l.ticket_type_id, sum(CASE o.state WHEN 'pending' THEN l.places ELSE
                  (SELECT count(*) FROM tickets t WHERE t.order_line_id = l.id AND t.state <> 'revoked' AND t.state <> 'refunded'
                     AND NOT t.place_freed) END)::bigint AS places
         FROM unnest($1) AS guest (who) JOIN orders o ON lower(o.buyer_email) = guest.who JOIN order_lines l ON l.order_id = o.id
         WHERE o.state IN ('pending', 'paid') AND l.kind = 'ticket' AND l.ticket_type_id = ANY($2)
         GROUP BY 1, 2",
    )
    .bind::<sql_types::Array<sql_types::Text>, _>(guests.into_iter().collect::<Vec<_>>())
    .bind::<sql_types::Array<sql_types::Uuid>, _>(limited)
    .kept()
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| ((row.guest, row.ticket_type_id.into()), row.places)).collect())
}

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = sql_types::Text)]
    key: String,
    #[diesel(sql_type = sql_types::Binary)]
    fingerprint: Vec<u8>,
    #[diesel(sql_type = sql_types::Uuid)]
    order_id: Uuid,
}

/// Keys that have led to an order already. Joined for the same reason as in [`read_open`].
async fn read_keys(
    conn: &mut Conn,
    requests: &[&HoldRequest],
) -> Result<HashMap<String, (Vec<u8>, OrderId)>, DbError> {
    let keys: Vec<&str> = requests.iter().map(|request| request.key.as_str()).collect();
    let rows: Vec<Key> = diesel::sql_query(
        "SELECT key, fingerprint, order_id FROM unnest($1) AS asked (key) JOIN checkout_requests USING (key)",
    )
    .bind::<sql_types::Array<sql_types::Text>, _>(keys)
    .kept()
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, (row.fingerprint, row.order_id.into()))).collect())
}
