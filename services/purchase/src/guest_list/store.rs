//! The SQL of the guest list: here the entries, [`mod@parties`] that they are together, [`mod@allotments`] of promoters,
//! [`mod@moves`] of nights.

mod allotments;
mod moves;
mod parties;

pub(crate) use allotments::*;
pub(crate) use moves::*;
pub(crate) use parties::*;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::guest_list::Promoter;
use domain::ids::{GuestEntryId, OrderId};
use uuid::Uuid;

use super::GuestEntry;
use crate::orders::store::OrderRow;

/// An entry as stored.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct EntryRow {
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub order_id: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    pub promoter_key: Option<String>,
    #[diesel(sql_type = Integer)]
    pub party: i32,
    #[diesel(sql_type = Integer)]
    pub wanted: i32,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub asked_at: Option<DateTime<Utc>>,
}

impl EntryRow {
    pub(crate) fn order(&self) -> OrderId {
        OrderId::from_uuid(self.order_id)
    }
}

/// An entry with what the desk shows of it.
#[derive(Debug, QueryableByName)]
pub(super) struct ListedRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub order_id: Uuid,
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub email: String,
    #[diesel(sql_type = Text)]
    pub ticket_type: String,
    #[diesel(sql_type = Text)]
    pub promoter: String,
    #[diesel(sql_type = Text)]
    pub note: String,
    #[diesel(sql_type = Integer)]
    pub party: i32,
    #[diesel(sql_type = Integer)]
    pub wanted: i32,
    #[diesel(sql_type = Timestamptz)]
    pub admit_until: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub added_at: DateTime<Utc>,
    #[diesel(sql_type = Array<SqlUuid>)]
    pub tickets: Vec<Uuid>,
    /// The orders by which the party grew.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub more: Vec<Uuid>,
    #[diesel(sql_type = Array<Text>)]
    pub more_references: Vec<String>,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Writes an entry down, and counts it on its promoter's allotment, which the caller has locked; the CHECK is the second fence.
pub(crate) async fn insert(
    conn: &mut Conn,
    guest: &GuestEntry,
    order: &OrderRow,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let key = guest.promoter.as_ref().map(Promoter::key);
    let party = i32::try_from(guest.party).unwrap_or(i32::MAX);
    if let Some(key) = key {
        take(conn, order.event_id, key, i64::from(party)).await?;
    }
    diesel::sql_query(
        "INSERT INTO guest_list (id, event_id, order_id, promoter_key, note, party, wanted, admit_until, added_at, party_of)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8,
                 (SELECT coalesce(party_of, id) FROM guest_list WHERE id = $9))",
    )
    .bind::<SqlUuid, _>(guest.id.uuid())
    .bind::<SqlUuid, _>(order.event_id)
    .bind::<SqlUuid, _>(order.id)
    .bind::<Nullable<Text>, _>(key)
    .bind::<Text, _>(&guest.note)
    .bind::<Integer, _>(party)
    .bind::<Timestamptz, _>(guest.admit_until)
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<SqlUuid>, _>(guest.joins.map(GuestEntryId::uuid))
    .execute(conn)
    .await?;
    Ok(())
}

/// Everybody on a night's list, by name: a party is one line, however it grew.
pub(super) async fn of_night(conn: &mut Conn, event: Uuid) -> Result<Vec<ListedRow>, DbError> {
    let rows = diesel::sql_query(
        "WITH parties AS (
           SELECT coalesce(g.party_of, g.id) AS id, sum(g.party)::integer AS party, sum(g.wanted)::integer AS wanted,
                  array_agg(o.id) AS orders,
                  coalesce(array_agg(o.id ORDER BY g.id) FILTER (WHERE g.party_of IS NOT NULL AND g.party > 0), '{}') AS more,
                  coalesce(array_agg(o.reference ORDER BY g.id) FILTER (WHERE g.party_of IS NOT NULL AND g.party > 0), '{}')
                    AS more_references
             FROM guest_list g JOIN orders o ON o.id = g.order_id WHERE g.event_id = $1 GROUP BY 1
         )
         SELECT g.id, g.order_id, o.reference, o.buyer_name AS name, o.buyer_email AS email,
                (SELECT k.name FROM order_lines l JOIN ticket_types k ON k.id = l.ticket_type_id
                  WHERE l.order_id = o.id AND l.kind = 'ticket' ORDER BY l.position LIMIT 1) AS ticket_type,
                coalesce(a.promoter, '') AS promoter, g.note, p.party, p.wanted, g.admit_until, g.added_at,
                ARRAY(SELECT t.id FROM tickets t WHERE t.order_id = ANY(p.orders) AND t.state IN ('valid', 'blocked')
                       ORDER BY t.id) AS tickets,
                p.more, p.more_references
           FROM guest_list g JOIN parties p ON p.id = g.id JOIN orders o ON o.id = g.order_id
           LEFT JOIN guest_list_allotments a ON a.event_id = g.event_id AND a.promoter_key = g.promoter_key
          WHERE p.party > 0 ORDER BY lower(o.buyer_name), g.id",
    )
    .bind::<SqlUuid, _>(event)
    .load(conn)
    .await?;
    Ok(rows)
}

const ENTRY: &str =
    "SELECT event_id, order_id, promoter_key, party, wanted, asked_at FROM guest_list WHERE id = $1";

pub(crate) async fn find(conn: &mut Conn, id: GuestEntryId) -> Result<Option<EntryRow>, DbError> {
    let found = diesel::sql_query(ENTRY).bind::<SqlUuid, _>(id.uuid()).get_result(conn).await;
    Ok(found.optional()?)
}

/// The entry, locked. After its order, as everywhere.
pub(super) async fn lock(conn: &mut Conn, id: GuestEntryId) -> Result<Option<EntryRow>, DbError> {
    let locked = format!("{ENTRY} FOR NO KEY UPDATE");
    let found = diesel::sql_query(locked).bind::<SqlUuid, _>(id.uuid()).get_result(conn).await;
    Ok(found.optional()?)
}

/// The entry that an order is.
pub(crate) async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Option<Uuid>, DbError> {
    let found = diesel::sql_query("SELECT id FROM guest_list WHERE order_id = $1")
        .bind::<SqlUuid, _>(order.uuid())
        .get_result::<Id>(conn)
        .await;
    Ok(found.optional()?.map(|row| row.id))
}

#[derive(QueryableByName)]
struct Yes {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// Whether an order is an entry of which fewer are to stay, and the door has not been heard.
pub(crate) async fn shrinks(conn: &mut Conn, order: OrderId) -> Result<bool, DbError> {
    let found: Yes = diesel::sql_query(
        "SELECT EXISTS (SELECT FROM guest_list WHERE order_id = $1 AND asked_at IS NOT NULL) AS yes",
    )
    .bind::<SqlUuid, _>(order.uuid())
    .get_result(conn)
    .await?;
    Ok(found.yes)
}

/// Whether a request with this key was granted before.
pub(super) async fn is_used(conn: &mut Conn, key: &str) -> Result<bool, DbError> {
    let found: Yes = diesel::sql_query("SELECT EXISTS (SELECT FROM checkout_requests WHERE key = $1) AS yes")
        .bind::<Text, _>(key)
        .get_result(conn)
        .await?;
    Ok(found.yes)
}

/// Writes down how many of a locked entry are to stay.
pub(super) async fn ask(
    conn: &mut Conn,
    id: GuestEntryId,
    wanted: i32,
    now: DateTime<Utc>,
    next_try_at: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE guest_list SET wanted = $2, asked_at = coalesce(asked_at, $3), next_try_at = $4 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id.uuid())
    .bind::<Integer, _>(wanted)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(next_try_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes down how many of a locked entry are left; `done`: all that will be, and nobody is waited for any more.
pub(super) async fn set_party(
    conn: &mut Conn,
    id: GuestEntryId,
    party: i32,
    done: bool,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE guest_list SET party = $2, wanted = CASE WHEN $3 THEN $2 ELSE wanted END,
                asked_at = CASE WHEN $3 THEN NULL ELSE asked_at END, next_try_at = CASE WHEN $3 THEN NULL ELSE next_try_at END
          WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id.uuid())
    .bind::<Integer, _>(party)
    .bind::<Bool, _>(done)
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts off an entry whose door has not answered.
pub(super) async fn put_off(conn: &mut Conn, id: GuestEntryId, until: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query("UPDATE guest_list SET next_try_at = $2 WHERE id = $1 AND asked_at IS NOT NULL")
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Timestamptz, _>(until)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes entries whose turn has come; puts each off until `again`, so that no other process takes it meanwhile.
pub(super) async fn due(
    conn: &mut Conn,
    now: DateTime<Utc>,
    again: DateTime<Utc>,
    most: i64,
) -> Result<Vec<GuestEntryId>, DbError> {
    let rows: Vec<Id> = diesel::sql_query(
        "UPDATE guest_list SET next_try_at = $2 WHERE id IN (
           SELECT id FROM guest_list WHERE next_try_at <= $1 ORDER BY next_try_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED)
         RETURNING id",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(again)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id.into()).collect())
}
