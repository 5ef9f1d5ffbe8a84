//! SQL that reads events, and locks one that is about to change.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::rows::{Event, EventRow, Locked, TicketTypeRow, ZoneRow};

/// Which events to read.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// The one with this id.
    Id(Uuid),
    /// The one at this address.
    Slug(&'a str),
    /// These.
    Ids(&'a [Uuid]),
    /// Published ones in the lists that end after an instant, the next first.
    OnSale(DateTime<Utc>),
    /// All, the latest first.
    All,
    /// Those that are archived, or those that are not, the latest first.
    Archived(bool),
}

const SELECT: &str = "SELECT events.id, revision, slug, title, description, status, starts_at, ends_at, entry_from, entry_until,
        currency, fee_fixed_minor, fee_basis_points, fee_absorbed, terms, changed_at, published_at,
        cancelled_at, m.new_date_id, m.old_starts_at, m.new_date_note, m.new_date_at, venue_id, venues.name AS venue_name, venues.address AS venue_address, venues.time_zone
    FROM events JOIN venues ON venues.id = events.venue_id
    LEFT JOIN LATERAL (SELECT id AS new_date_id, from_starts_at AS old_starts_at, note AS new_date_note, given_at AS new_date_at FROM event_new_dates
                        WHERE event_id = events.id ORDER BY given_at DESC, id DESC LIMIT 1) m ON true ";

/// Events with their zones and ticket types: three statements, however many there are.
pub async fn load(conn: &mut Conn, which: Which<'_>) -> Result<Vec<Event>, DbError> {
    let rows = rows(conn, which).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut zones: HashMap<Uuid, Vec<ZoneRow>> = HashMap::new();
    for zone in zones_of(conn, &ids).await? {
        zones.entry(zone.event_id).or_default().push(zone);
    }
    let mut types: HashMap<Uuid, Vec<TicketTypeRow>> = HashMap::new();
    for each in ticket_types_of(conn, &ids).await? {
        types.entry(each.event_id).or_default().push(each);
    }
    let whole = |row: EventRow| Event {
        zones: zones.remove(&row.id).unwrap_or_default(),
        ticket_types: types.remove(&row.id).unwrap_or_default(),
        row,
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// One event, if there is such a one.
pub async fn find(conn: &mut Conn, which: Which<'_>) -> Result<Option<Event>, DbError> {
    Ok(load(conn, which).await?.pop())
}

/// The event with this id or at this address.
pub async fn find_named(conn: &mut Conn, name: &str) -> Result<Option<Event>, DbError> {
    match name.parse() {
        Ok(id) => find(conn, Which::Id(id)).await,
        Err(_) => find(conn, Which::Slug(name)).await,
    }
}

async fn rows(conn: &mut Conn, which: Which<'_>) -> Result<Vec<EventRow>, DbError> {
    let query = |rest: &str| diesel::sql_query(format!("{SELECT}{rest}"));
    let found = match which {
        Which::Id(id) => query("WHERE events.id = $1").bind::<SqlUuid, _>(id).load(conn).await,
        Which::Slug(slug) => query("WHERE slug = $1").bind::<Text, _>(slug).load(conn).await,
        Which::Ids(ids) => {
            query("WHERE events.id = ANY($1) ORDER BY starts_at, events.id")
                .bind::<Array<SqlUuid>, _>(ids)
                .load(conn)
                .await
        }
        Which::OnSale(now) => {
            query("WHERE status = 'published' AND terms ->> 'visibility' = 'public' AND ends_at > $1 ORDER BY starts_at, events.id LIMIT 100")
                .bind::<Timestamptz, _>(now)
                .load(conn)
                .await
        }
        Which::Archived(archived) => {
            query("WHERE (status = 'archived') = $1 ORDER BY starts_at DESC, events.id LIMIT 500")
                .bind::<Bool, _>(archived)
                .load(conn)
                .await
        }
        Which::All => query("ORDER BY starts_at DESC, events.id LIMIT 500").load(conn).await,
    };
    Ok(found?)
}

async fn zones_of(conn: &mut Conn, events: &[Uuid]) -> Result<Vec<ZoneRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, event_id, name FROM zones WHERE event_id = ANY($1) ORDER BY position, id",
    )
    .bind::<Array<SqlUuid>, _>(events)
    .load(conn)
    .await?)
}

async fn ticket_types_of(conn: &mut Conn, events: &[Uuid]) -> Result<Vec<TicketTypeRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, event_id, zone_id, position, name, description, price_minor, capacity, min_per_order, max_per_order,
                sale_from, sale_until, attention, terms
         FROM ticket_types WHERE event_id = ANY($1) AND withdrawn_at IS NULL ORDER BY position, id",
    )
    .bind::<Array<SqlUuid>, _>(events)
    .load(conn)
    .await?)
}

/// Locks an event until the transaction ends; its revision and status, if it exists.
pub async fn lock(conn: &mut Conn, id: Uuid) -> Result<Option<Locked>, DbError> {
    Ok(diesel::sql_query(
        "SELECT revision, status, slug, currency, venue_id, starts_at, ends_at, entry_from, entry_until
           FROM events WHERE id = $1 FOR UPDATE",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await
    .optional()?)
}

#[derive(diesel::QueryableByName)]
struct Exists {
    #[diesel(sql_type = Bool)]
    found: bool,
}

/// Whether an event stands at this address.
pub async fn slug_is_taken(conn: &mut Conn, slug: &str) -> Result<bool, DbError> {
    let row: Exists = diesel::sql_query("SELECT EXISTS (SELECT FROM events WHERE slug = $1) AS found")
        .bind::<Text, _>(slug)
        .get_result(conn)
        .await?;
    Ok(row.found)
}
