//! The SQL of floor plans.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::plan::{Bottle, Plan};
use crate::catalog::store::TypeRow;
use crate::schema::{floor_plans, ticket_types};

/// A plan as stored.
#[derive(Debug, Insertable, AsChangeset)]
#[diesel(table_name = floor_plans)]
pub(super) struct PlanRow {
    pub event_id: Uuid,
    pub revision: i64,
    pub open: bool,
    pub message: Vec<u8>,
    pub changed_at: DateTime<Utc>,
}

/// A night's first message and its plan's first message may come at the same time, and neither sees the other: here one waits for the other.
/// Comes after the stock's locks.
pub(super) async fn meet(conn: &mut Conn, event: Uuid) -> Result<(), DbError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('tables ' || $1, 0))")
        .bind::<sql_types::Text, _>(event.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes a plan that is newer than what is held. `false`: it is not.
pub(super) async fn write(conn: &mut Conn, row: &PlanRow) -> Result<bool, DbError> {
    let upsert = diesel::insert_into(floor_plans::table)
        .values(row)
        .on_conflict(floor_plans::event_id)
        .do_update()
        .set(row);
    // By its full name: QueryDsl's method of the same name stands in the way.
    let newer = diesel::query_dsl::methods::FilterDsl::filter(upsert, floor_plans::revision.lt(row.revision));
    Ok(newer.execute(conn).await? == 1)
}

/// The plan of a night.
pub(super) async fn plan(conn: &mut Conn, event: Uuid) -> Result<Option<Plan>, DbError> {
    let message: Option<Vec<u8>> =
        floor_plans::table.find(event).select(floor_plans::message).first(conn).await.optional()?;
    Ok(message.and_then(|message| Plan::decode(&message)))
}

/// Writes the tables of a plan; those that are no longer on it are withdrawn. Returns the first that is another event's, or
/// no table: then nothing of the plan may stand.
pub(super) async fn write_types(
    conn: &mut Conn,
    event: Uuid,
    tables: &[TypeRow],
) -> Result<Option<Uuid>, DbError> {
    let ids: Vec<Uuid> = tables.iter().map(|row| row.id).collect();
    diesel::sql_query(
        "UPDATE ticket_types SET withdrawn = true
          WHERE event_id = $1 AND terms ->> 'kind' = 'table' AND id <> ALL($2) AND NOT withdrawn",
    )
    .bind::<sql_types::Uuid, _>(event)
    .bind::<sql_types::Array<sql_types::Uuid>, _>(ids)
    .execute(conn)
    .await?;
    for row in tables {
        let upsert = diesel::insert_into(ticket_types::table)
            .values(row)
            .on_conflict(ticket_types::id)
            .do_update()
            .set(row);
        let own = ticket_types::event_id
            .eq(event)
            .and(diesel::dsl::sql::<sql_types::Bool>("ticket_types.terms ->> 'kind' = 'table'"));
        let own = diesel::query_dsl::methods::FilterDsl::filter(upsert, own);
        if own.execute(conn).await? == 0 {
            return Ok(Some(row.id));
        }
    }
    Ok(None)
}

/// A table as it stands now.
#[derive(Debug, QueryableByName)]
pub(super) struct SeenRow {
    #[diesel(sql_type = sql_types::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = sql_types::BigInt)]
    pub held: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    pub sold: i64,
    /// Not for sale.
    #[diesel(sql_type = sql_types::Bool)]
    pub kept: bool,
    /// The state of the live reservation that has it: of a table that was put to another, no place is held or sold.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub reserved: Option<String>,
    /// The revision of the plan.
    #[diesel(sql_type = sql_types::BigInt)]
    pub revision: i64,
    /// Whether guests can book anything of it.
    #[diesel(sql_type = sql_types::Bool)]
    pub open: bool,
}

/// The tables of a night as they stand now.
pub(super) async fn look(conn: &mut Conn, event: Uuid) -> Result<Vec<SeenRow>, DbError> {
    let rows = diesel::sql_query(
        "SELECT t.id, s.held, s.sold, t.withdrawn AS kept, v.state AS reserved, p.revision,
                p.open AND e.status = 'published' AS open
           FROM floor_plans p
           JOIN events e ON e.id = p.event_id
           JOIN ticket_types t ON t.event_id = p.event_id AND t.terms ->> 'kind' = 'table'
           JOIN stock s ON s.id = t.id
           LEFT JOIN reserved_tables r ON r.event_id = p.event_id AND r.table_id = t.id AND r.live
           LEFT JOIN reservations v ON v.id = r.reservation_id
          WHERE p.event_id = $1",
    )
    .bind::<sql_types::Uuid, _>(event)
    .kept()
    .load(conn)
    .await?;
    Ok(rows)
}

/// How a table is sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableOffer {
    pub event_id: Uuid,
    /// As it stands on the plan.
    pub label: String,
    /// The largest party.
    pub seats: i64,
    /// Whether guests may have it: the plan is open too.
    pub for_sale: bool,
    /// Whether it is asked for first.
    pub asks_first: bool,
    /// What the party spends at least.
    pub minimum_minor: i64,
    /// What is paid at once.
    pub deposit_minor: i64,
    /// What can be ordered beforehand.
    pub menu: Vec<Bottle>,
}

/// How tables are sold, by their plans as they stand. Whoever has locked a table's stock row reads what holds until the lock is let go.
/// What is no table, or no longer on its plan, has none.
pub(crate) async fn offers_of(
    conn: &mut Conn,
    tables: &[Uuid],
) -> Result<HashMap<Uuid, TableOffer>, DbError> {
    #[derive(QueryableByName)]
    struct Told {
        #[diesel(sql_type = sql_types::Bytea)]
        message: Vec<u8>,
    }
    let told: Vec<Told> = diesel::sql_query(
        "SELECT p.message FROM floor_plans p
          WHERE p.event_id IN (SELECT t.event_id FROM ticket_types t
                                WHERE t.id = ANY($1) AND t.terms ->> 'kind' = 'table')",
    )
    .bind::<sql_types::Array<sql_types::Uuid>, _>(tables)
    .kept()
    .load(conn)
    .await?;
    let plans = told.iter().filter_map(|told| Plan::decode(&told.message));
    let offers = plans.flat_map(|plan| {
        let wanted = tables.iter().filter_map(|id| Some((*id, offer_in(&plan, *id)?)));
        wanted.collect::<Vec<_>>()
    });
    Ok(offers.collect())
}

fn offer_in(plan: &Plan, table: Uuid) -> Option<TableOffer> {
    let table = plan.table(table)?;
    Some(TableOffer {
        event_id: plan.event,
        label: table.label.clone(),
        seats: table.seats,
        for_sale: table.for_sale && plan.open,
        asks_first: plan.asks_first,
        minimum_minor: table.minimum_minor,
        deposit_minor: table.deposit_minor,
        menu: plan.menu.clone(),
    })
}
