//! The SQL of the catalog.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::event::terms::{EventTerms, TicketKind, TypeTerms};
use domain::quote::ServiceFee;
use serde_json::Value;
use uuid::Uuid;

use crate::schema::{events, stock, ticket_types};
use crate::tickets::rule::{Rule, Rules};

/// An event as stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = events, check_for_backend(diesel::pg::Pg))]
pub(crate) struct EventRow {
    pub id: Uuid,
    pub revision: i64,
    pub slug: String,
    pub title: String,
    pub description: String,
    pub status: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub entry_from: DateTime<Utc>,
    pub time_zone: String,
    pub venue_name: String,
    pub venue_address: String,
    pub currency: String,
    pub fee_fixed_minor: i64,
    pub fee_basis_points: i64,
    pub fee_absorbed: bool,
    pub terms: Value,
    pub changed_at: DateTime<Utc>,
    /// The revision that last shut doors that were open. A snapshot that does not leaves it as it is.
    pub shut_revision: Option<i64>,
}

/// A ticket type as stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = ticket_types, check_for_backend(diesel::pg::Pg), treat_none_as_null = true)]
pub(crate) struct TypeRow {
    pub id: Uuid,
    pub event_id: Uuid,
    pub name: String,
    pub description: String,
    pub price_minor: i64,
    pub min_per_order: i32,
    pub max_per_order: i32,
    pub sale_from: Option<DateTime<Utc>>,
    pub sale_until: Option<DateTime<Utc>>,
    pub zone_id: Uuid,
    pub position: i32,
    pub attention: String,
    pub terms: Value,
    pub shared_cap_id: Option<Uuid>,
    pub withdrawn: bool,
}

impl EventRow {
    /// The service fee on its tickets.
    pub(crate) const fn fee(&self) -> ServiceFee {
        ServiceFee {
            fixed_minor: self.fee_fixed_minor,
            basis_points: self.fee_basis_points,
            absorbed: self.fee_absorbed,
        }
    }

    /// How it is sold. Only what the domain wrote stands in the column.
    pub(crate) fn terms(&self) -> EventTerms {
        serde_json::from_value(self.terms.clone()).unwrap_or_default()
    }
}

impl TypeRow {
    /// How it is sold. Only what the domain wrote stands in the column.
    pub(crate) fn terms(&self) -> TypeTerms {
        serde_json::from_value(self.terms.clone()).unwrap_or_default()
    }
}

/// A limit as the club asks for it: of a ticket type, of a tier, or shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    pub id: Uuid,
    pub ticket_type: Option<Uuid>,
    pub capacity: i64,
}

/// Locks what an event's change touches: its stock rows, in the order everybody locks them. Returns the revision held.
pub(crate) async fn lock_event(conn: &mut Conn, id: Uuid) -> Result<Option<i64>, DbError> {
    let _: Vec<Uuid> = stock::table
        .filter(stock::event_id.eq(id))
        .order(stock::id)
        .select(stock::id)
        .for_no_key_update()
        .load(conn)
        .await?;
    let revision = events::table.find(id).select(events::revision).for_no_key_update().first(conn).await;
    Ok(revision.optional()?)
}

/// Writes a snapshot that is newer than what is held. `false`: somebody else has just written a newer one.
pub(crate) async fn write_event(conn: &mut Conn, row: &EventRow) -> Result<bool, DbError> {
    let upsert = diesel::insert_into(events::table).values(row).on_conflict(events::id).do_update().set(row);
    // By its full name: QueryDsl's method of the same name stands in the way.
    let newer = diesel::query_dsl::methods::FilterDsl::filter(upsert, events::revision.lt(row.revision));
    Ok(newer.execute(conn).await? == 1)
}

/// Notes with which revision of an event its doors shut that were open.
pub(crate) async fn note_shut(conn: &mut Conn, id: Uuid, revision: i64) -> Result<(), DbError> {
    diesel::update(events::table.find(id)).set(events::shut_revision.eq(revision)).execute(conn).await?;
    Ok(())
}

/// Of `ticket_types`: what is no table. Tables come with the night's floor plan ([`crate::tables`]) and are booked there alone.
const NO_TABLE: &str = "coalesce(ticket_types.terms ->> 'kind', 'entry') <> 'table'";

/// Writes the types of a snapshot; types that are no longer in it are withdrawn, tables left aside. Returns the first that is another
/// event's: then nothing of the snapshot may stand.
pub(crate) async fn write_types(
    conn: &mut Conn,
    event: Uuid,
    offered: &[TypeRow],
) -> Result<Option<Uuid>, DbError> {
    let ids: Vec<Uuid> = offered.iter().map(|row| row.id).collect();
    diesel::update(ticket_types::table)
        .filter(ticket_types::event_id.eq(event))
        .filter(ticket_types::id.ne_all(ids))
        .filter(sql::<sql_types::Bool>(NO_TABLE))
        .set(ticket_types::withdrawn.eq(true))
        .execute(conn)
        .await?;
    for row in offered {
        let upsert = diesel::insert_into(ticket_types::table)
            .values(row)
            .on_conflict(ticket_types::id)
            .do_update()
            .set(row);
        let own = diesel::query_dsl::methods::FilterDsl::filter(upsert, ticket_types::event_id.eq(event));
        if own.execute(conn).await? == 0 {
            return Ok(Some(row.id));
        }
    }
    Ok(None)
}

/// Sets what the club wants of a limit. What is held and sold stays. `false`, and nothing is changed, if the limit is another
/// event's.
pub(crate) async fn set_capacity(conn: &mut Conn, event: Uuid, limit: &Limit) -> Result<bool, DbError> {
    let written = diesel::sql_query(
        "INSERT INTO stock (id, event_id, asked_capacity, capacity, ticket_type_id) VALUES ($1, $2, $3, $3, $4)
         ON CONFLICT (id) DO UPDATE
         SET asked_capacity = excluded.asked_capacity, capacity = greatest(excluded.asked_capacity, stock.held + stock.sold)
         WHERE stock.event_id = excluded.event_id",
    )
    .bind::<sql_types::Uuid, _>(limit.id)
    .bind::<sql_types::Uuid, _>(event)
    .bind::<sql_types::BigInt, _>(limit.capacity)
    .bind::<sql_types::Nullable<sql_types::Uuid>, _>(limit.ticket_type)
    .execute(conn)
    .await?;
    Ok(written == 1)
}

/// Records which of these limits have more held and sold than the club now wants; they are returned.
pub(crate) async fn note_clamps(
    conn: &mut Conn,
    event: Uuid,
    limits: &[Uuid],
    revision: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbError> {
    #[derive(QueryableByName)]
    struct Clamped {
        #[diesel(sql_type = sql_types::Uuid)]
        stock_id: Uuid,
    }
    let clamped: Vec<Clamped> = diesel::sql_query(
        "INSERT INTO stock_clamps (stock_id, event_revision, asked_capacity, held, sold, noted_at)
         SELECT id, $3, asked_capacity, held, sold, $4 FROM stock
          WHERE event_id = $1 AND id = ANY($2) AND held + sold > asked_capacity
         ON CONFLICT (stock_id, event_revision) DO UPDATE SET held = excluded.held, sold = excluded.sold
         RETURNING stock_id",
    )
    .bind::<sql_types::Uuid, _>(event)
    .bind::<sql_types::Array<sql_types::Uuid>, _>(limits)
    .bind::<sql_types::BigInt, _>(revision)
    .bind::<sql_types::Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(clamped.into_iter().map(|row| row.stock_id).collect())
}

/// Published events for everybody that are not over, the next first.
pub(crate) async fn coming(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<EventRow>, DbError> {
    let rows = events::table
        .filter(events::status.eq("published"))
        .filter(sql::<sql_types::Bool>("terms ->> 'visibility' = 'public'"))
        .filter(events::ends_at.gt(now))
        .order((events::starts_at, events::id))
        .limit(200)
        .select(EventRow::as_select())
        .load(conn)
        .await?;
    Ok(rows)
}

/// The published event at an address.
pub(crate) async fn published(conn: &mut Conn, slug: &str) -> Result<Option<EventRow>, DbError> {
    let found = events::table
        .filter(events::slug.eq(slug))
        .filter(events::status.eq("published"))
        .order(events::changed_at.desc())
        .select(EventRow::as_select())
        .first(conn)
        .await;
    Ok(found.optional()?)
}

/// An event, whatever its status: an order's page still shows a night that is over or was called off.
pub(crate) async fn event(conn: &mut Conn, id: Uuid) -> Result<Option<EventRow>, DbError> {
    Ok(events::table.find(id).select(EventRow::as_select()).first(conn).await.optional()?)
}

/// Whether an event's tickets could still be issued.
pub(crate) async fn is_sellable(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<bool, DbError> {
    let open = events::table.find(id).filter(events::status.eq("published")).filter(events::ends_at.gt(now));
    Ok(diesel::select(diesel::dsl::exists(open)).get_result(conn).await?)
}

/// Whether a night is published, as far as we have heard.
pub(crate) async fn is_published(conn: &mut Conn, id: Uuid) -> Result<bool, DbError> {
    let published = events::table.find(id).filter(events::status.eq("published"));
    Ok(diesel::select(diesel::dsl::exists(published)).get_result(conn).await?)
}

/// Until when a published night goes on. `None`: it is not published, as far as we have heard.
pub(crate) async fn published_until(conn: &mut Conn, id: Uuid) -> Result<Option<DateTime<Utc>>, DbError> {
    let published = events::table.find(id).filter(events::status.eq("published"));
    Ok(published.select(events::ends_at).first(conn).await.optional()?)
}

/// The types of some events that are offered, tables left aside.
pub(crate) async fn types(conn: &mut Conn, events: &[Uuid]) -> Result<Vec<TypeRow>, DbError> {
    let rows = ticket_types::table
        .filter(ticket_types::event_id.eq_any(events))
        .filter(ticket_types::withdrawn.eq(false))
        .filter(sql::<sql_types::Bool>(NO_TABLE))
        .order((ticket_types::event_id, ticket_types::position, ticket_types::id))
        .select(TypeRow::as_select())
        .load(conn)
        .await?;
    Ok(rows)
}

/// Every type of an event, those taken off it and its tables too.
pub(crate) async fn all_types(conn: &mut Conn, event: Uuid) -> Result<Vec<TypeRow>, DbError> {
    let of_event = ticket_types::table.filter(ticket_types::event_id.eq(event));
    Ok(of_event.order(ticket_types::position).select(TypeRow::as_select()).load(conn).await?)
}

/// What is left of each limit of some events.
pub(crate) async fn left(conn: &mut Conn, events: &[Uuid]) -> Result<HashMap<Uuid, i64>, DbError> {
    let rows: Vec<(Uuid, i64, i64, i64)> = stock::table
        .filter(stock::event_id.eq_any(events))
        .select((stock::id, stock::capacity, stock::held, stock::sold))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, capacity, held, sold)| (id, capacity - held - sold)).collect())
}

/// What the tickets about to be issued need to know of their type.
#[derive(Debug, Clone)]
pub(crate) struct DoorTerms {
    /// Its name.
    pub name: String,
    /// Where it lets in.
    pub zone: Uuid,
    /// Shown at the door.
    pub attention: String,
    /// What it says to whoever holds one.
    pub rule: Rule,
    /// Whether it is a table, and its tickets a party's passes.
    pub table: bool,
}

/// That of some types.
pub(crate) async fn door_terms(
    conn: &mut Conn,
    types: Vec<Uuid>,
) -> Result<HashMap<Uuid, DoorTerms>, DbError> {
    let rows: Vec<(TypeRow, DateTime<Utc>, DateTime<Utc>)> = ticket_types::table
        .inner_join(events::table)
        .filter(ticket_types::id.eq_any(types))
        .select((TypeRow::as_select(), events::entry_from, events::ends_at))
        .load(conn)
        .await?;
    let door = |(row, doors, end): (TypeRow, DateTime<Utc>, DateTime<Utc>)| {
        let terms = row.terms();
        let (rule, table) = (Rule::of(&terms, doors, end), terms.kind == TicketKind::Table);
        (row.id, DoorTerms { name: row.name, zone: row.zone_id, attention: row.attention, rule, table })
    };
    Ok(rows.into_iter().map(door).collect())
}

/// What some types say to whoever holds a ticket of them.
pub(crate) async fn rules(conn: &mut Conn, types: Vec<Uuid>) -> Result<Rules, DbError> {
    let terms = door_terms(conn, types).await?;
    Ok(terms.into_iter().map(|(id, terms)| (id, terms.rule)).collect())
}

/// What ticket types cost, tiers left aside.
pub(crate) async fn list_prices(conn: &mut Conn, kinds: &[Uuid]) -> Result<HashMap<Uuid, i64>, DbError> {
    let rows: Vec<(Uuid, i64)> = ticket_types::table
        .filter(ticket_types::id.eq_any(kinds))
        .select((ticket_types::id, ticket_types::price_minor))
        .load(conn)
        .await?;
    Ok(rows.into_iter().collect())
}
