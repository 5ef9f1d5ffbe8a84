//! A table as the engine sells it: read under its stock row's lock, with what a party gets.

use std::collections::{BTreeSet, HashMap};

use db::{Conn, DbError, Keep};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::message::Preorder;
use super::store::TableRow;
use crate::inventory::{HoldRequest, TableWish};
use crate::tables;

/// Most tables of a night that wait for their deposit at one network address: who books for friends pays for one before the next.
pub(crate) const MOST_UNPAID: i64 = 3;

/// A table of a night's plan.
#[derive(Debug, Clone)]
pub(crate) struct TableOnSale {
    /// The night.
    pub event_id: Uuid,
    /// The largest party.
    pub seats: i64,
    /// Whether guests can have it, and can book now.
    pub open: bool,
    /// Whether anybody has a place of it, or it stands with another party's table.
    pub taken: bool,
    /// Whether it is asked for first.
    pub asks_first: bool,
    /// Of the requests that the batch would grant, those that still wait for an answer. They are locked.
    pub asked: Vec<Uuid>,
    /// What its party spends at least, minor units.
    pub minimum_minor: i64,
    /// What is paid at once, minor units.
    pub deposit_minor: i64,
    /// What can be ordered beforehand: key, name, price in minor units.
    pub menu: Vec<(Uuid, String, i64)>,
}

impl TableOnSale {
    /// What a party orders beforehand, at the menu's names and prices; or the place of what is not on it.
    pub(crate) fn preorder(&self, wish: &TableWish) -> Result<Vec<Preorder>, usize> {
        let ordered = wish.preorder.iter().enumerate();
        ordered
            .map(|(at, (bottle, quantity))| {
                let (id, name, price_minor) =
                    self.menu.iter().find(|(id, ..)| id == bottle).cloned().ok_or(at)?;
                Ok::<_, usize>(Preorder { bottle_id: id, name, quantity: *quantity, price_minor })
            })
            .collect()
    }
}

/// What a granted request gets of a table.
#[derive(Debug, Clone)]
pub(crate) struct Booked {
    pub table: TableRow,
    pub wish: TableWish,
    pub minimum_minor: i64,
    pub preorder: Vec<Preorder>,
}

#[derive(QueryableByName)]
struct Standing {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = sql_types::Bool)]
    open: bool,
    #[diesel(sql_type = sql_types::Bool)]
    taken: bool,
}

/// The tables that a batch wishes for; nothing is asked where it wishes for none. The caller has locked their stock rows.
pub(crate) async fn read(
    conn: &mut Conn,
    requests: &[&HoldRequest],
) -> Result<HashMap<Uuid, TableOnSale>, DbError> {
    let wished: BTreeSet<Uuid> = requests
        .iter()
        .filter(|request| request.table.is_some())
        .flat_map(|request| request.items.iter().map(|item| item.ticket_type.uuid()))
        .collect();
    if wished.is_empty() {
        return Ok(HashMap::new());
    }
    let wished: Vec<Uuid> = wished.into_iter().collect();
    let offers = tables::store::offers_of(conn, &wished).await?;
    let standing: Vec<Standing> = diesel::sql_query(
        "SELECT s.id, coalesce(p.open, false) AS open,
                s.held + s.sold > 0 OR EXISTS (SELECT FROM reserved_tables r WHERE r.table_id = s.id AND r.live) AS taken
         FROM stock s LEFT JOIN floor_plans p ON p.event_id = s.event_id WHERE s.id = ANY($1)",
    )
    .bind::<sql_types::Array<sql_types::Uuid>, _>(wished)
    .kept()
    .load(conn)
    .await?;
    let asked = still_asked(conn, requests).await?;
    let on_sale = |row: Standing| {
        let offer = offers.get(&row.id)?;
        let menu = offer.menu.iter().map(|item| (item.bottle_id, item.name.clone(), item.price_minor));
        let table = TableOnSale {
            event_id: offer.event_id,
            seats: offer.seats,
            open: row.open && offer.for_sale,
            taken: row.taken,
            asks_first: offer.asks_first,
            asked: asked.clone(),
            minimum_minor: offer.minimum_minor,
            deposit_minor: offer.deposit_minor,
            menu: menu.collect(),
        };
        Some((row.id, table))
    };
    Ok(standing.into_iter().filter_map(on_sale).collect())
}

#[derive(QueryableByName)]
struct Asked {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
}

/// Of the requests that a batch would grant, those that still wait for an answer, locked.
async fn still_asked(conn: &mut Conn, requests: &[&HoldRequest]) -> Result<Vec<Uuid>, DbError> {
    let granted = requests.iter().filter_map(|request| Some(request.approval()?.reservation()));
    let granted: BTreeSet<Uuid> = granted.collect();
    if granted.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Asked> = diesel::sql_query(
        "SELECT id FROM reservations WHERE id = ANY($1) AND state = 'requested' ORDER BY id FOR NO KEY UPDATE",
    )
    .bind::<sql_types::Array<sql_types::Uuid>, _>(granted.into_iter().collect::<Vec<_>>())
    .kept()
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(QueryableByName)]
struct Unpaid {
    #[diesel(sql_type = sql_types::Text)]
    client: String,
    #[diesel(sql_type = sql_types::Uuid)]
    event_id: Uuid,
    #[diesel(sql_type = sql_types::BigInt)]
    tables: i64,
}

/// Tables that wait for their deposit, by the network address of whoever booked them, and by night. Only a pending order has an address.
pub(crate) async fn unpaid(
    conn: &mut Conn,
    requests: &[&HoldRequest],
) -> Result<HashMap<(String, Uuid), i64>, DbError> {
    let wishes = requests.iter().filter(|request| request.table.is_some());
    let clients: BTreeSet<String> = wishes.filter_map(|request| request.client.clone()).collect();
    if clients.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Unpaid> = diesel::sql_query(
        "SELECT near.who AS client, r.event_id, count(*) AS tables
         FROM unnest($1) AS near (who) JOIN orders o ON o.client = near.who JOIN reservations r ON r.order_id = o.id
         WHERE o.state = 'pending' GROUP BY 1, 2",
    )
    .bind::<sql_types::Array<sql_types::Text>, _>(clients.into_iter().collect::<Vec<_>>())
    .kept()
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| ((row.client, row.event_id), row.tables)).collect())
}
