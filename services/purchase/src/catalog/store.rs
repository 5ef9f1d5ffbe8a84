//! The SQL of the catalog.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::schema::{events, stock, stock_clamps, ticket_types};

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
    pub time_zone: String,
    pub venue_name: String,
    pub venue_address: String,
    pub currency: String,
    pub fee_fixed_minor: i64,
    pub fee_basis_points: i64,
    pub changed_at: DateTime<Utc>,
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
    pub withdrawn: bool,
}

/// A ticket type with the capacity the club asks for.
pub(crate) struct OfferedType {
    pub row: TypeRow,
    pub capacity: i64,
}

/// Locks what an event's change touches: its stock rows, in the order everybody locks them. Returns the revision held.
pub(crate) async fn lock_event(conn: &mut Conn, id: Uuid) -> Result<Option<i64>, DbError> {
    let _: Vec<Uuid> = stock::table
        .filter(stock::event_id.eq(id))
        .order(stock::ticket_type_id)
        .select(stock::ticket_type_id)
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

/// Writes the types of a snapshot; types that are no longer in it are withdrawn.
pub(crate) async fn write_types(
    conn: &mut Conn,
    event: Uuid,
    offered: &[OfferedType],
) -> Result<(), DbError> {
    let ids: Vec<Uuid> = offered.iter().map(|offered| offered.row.id).collect();
    diesel::update(ticket_types::table)
        .filter(ticket_types::event_id.eq(event))
        .filter(ticket_types::id.ne_all(ids))
        .set(ticket_types::withdrawn.eq(true))
        .execute(conn)
        .await?;
    for offered in offered {
        diesel::insert_into(ticket_types::table)
            .values(&offered.row)
            .on_conflict(ticket_types::id)
            .do_update()
            .set(&offered.row)
            .execute(conn)
            .await?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Clamped {
    #[diesel(sql_type = sql_types::BigInt)]
    held: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    sold: i64,
}

/// Sets what the club wants of a type. What is held and sold stays: if it is more, sale stops and the clamp is recorded.
/// Returns whether it was clamped.
pub(crate) async fn set_capacity(
    conn: &mut Conn,
    event: Uuid,
    offered: &OfferedType,
    revision: i64,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let (id, asked) = (offered.row.id, offered.capacity);
    let row: Clamped = diesel::sql_query(
        "INSERT INTO stock (ticket_type_id, event_id, asked_capacity, capacity) VALUES ($1, $2, $3, $3)
         ON CONFLICT (ticket_type_id) DO UPDATE
         SET asked_capacity = excluded.asked_capacity, capacity = greatest(excluded.asked_capacity, stock.held + stock.sold)
         RETURNING held, sold",
    )
    .bind::<sql_types::Uuid, _>(id)
    .bind::<sql_types::Uuid, _>(event)
    .bind::<sql_types::BigInt, _>(asked)
    .get_result(conn)
    .await?;
    let clamped = row.held + row.sold > asked;
    if clamped {
        diesel::insert_into(stock_clamps::table)
            .values((
                stock_clamps::ticket_type_id.eq(id),
                stock_clamps::event_revision.eq(revision),
                stock_clamps::asked_capacity.eq(asked),
                stock_clamps::held.eq(row.held),
                stock_clamps::sold.eq(row.sold),
                stock_clamps::noted_at.eq(now),
            ))
            .on_conflict((stock_clamps::ticket_type_id, stock_clamps::event_revision))
            .do_update()
            .set((
                stock_clamps::held.eq(excluded(stock_clamps::held)),
                stock_clamps::sold.eq(excluded(stock_clamps::sold)),
            ))
            .execute(conn)
            .await?;
    }
    Ok(clamped)
}

/// Published events that are not over, the next first.
pub(crate) async fn coming(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<EventRow>, DbError> {
    let rows = events::table
        .filter(events::status.eq("published"))
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

/// The types of some events that are offered, with what is left of each.
pub(crate) async fn types(conn: &mut Conn, events: Vec<Uuid>) -> Result<Vec<(TypeRow, i64)>, DbError> {
    let rows: Vec<(TypeRow, i64, i64, i64)> = ticket_types::table
        .inner_join(stock::table)
        .filter(ticket_types::event_id.eq_any(events))
        .filter(ticket_types::withdrawn.eq(false))
        .order((ticket_types::event_id, ticket_types::position, ticket_types::id))
        .select((TypeRow::as_select(), stock::capacity, stock::held, stock::sold))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(row, capacity, held, sold)| (row, capacity - held - sold)).collect())
}

/// Zone and texts for the door of some types, for the tickets about to be issued.
pub(crate) async fn door_terms(
    conn: &mut Conn,
    types: Vec<Uuid>,
) -> Result<Vec<(Uuid, Uuid, String)>, DbError> {
    let rows = ticket_types::table
        .filter(ticket_types::id.eq_any(types))
        .select((ticket_types::id, ticket_types::zone_id, ticket_types::attention))
        .load(conn)
        .await?;
    Ok(rows)
}
