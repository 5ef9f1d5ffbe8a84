//! SQL of events, their zones and ticket types.

mod new_dates;
mod rows;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::events::plan::{Plan, TicketTypePlan};

pub use new_dates::{add_new_date, has_new_date, move_sales, put_times};
pub use rows::{Event, EventRow, TicketTypeRow, ZoneRow};

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

/// What a change must know of the event before.
#[derive(Debug, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Locked {
    #[diesel(sql_type = BigInt)]
    pub revision: i64,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Text)]
    pub slug: String,
    #[diesel(sql_type = Text)]
    pub currency: String,
    #[diesel(sql_type = SqlUuid)]
    pub venue_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub entry_from: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub entry_until: DateTime<Utc>,
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

/// Writes the event's own row: a new draft, or the next revision of the one with this id.
pub async fn put_event(
    conn: &mut Conn,
    id: Uuid,
    slug: &str,
    venue: Uuid,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO events (id, revision, slug, title, description, status, starts_at, ends_at, entry_from, entry_until,
                             venue_id, currency, fee_fixed_minor, fee_basis_points, fee_absorbed, terms, created_at, changed_at)
         VALUES ($1, 1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
         ON CONFLICT (id) DO UPDATE SET revision = events.revision + 1, slug = excluded.slug, title = excluded.title,
             description = excluded.description, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
             entry_from = excluded.entry_from, entry_until = excluded.entry_until, venue_id = excluded.venue_id,
             currency = excluded.currency, fee_fixed_minor = excluded.fee_fixed_minor,
             fee_basis_points = excluded.fee_basis_points, fee_absorbed = excluded.fee_absorbed, terms = excluded.terms,
             changed_at = excluded.changed_at",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(slug)
    .bind::<Text, _>(&plan.title)
    .bind::<Text, _>(&plan.description)
    .bind::<Timestamptz, _>(plan.starts_at)
    .bind::<Timestamptz, _>(plan.ends_at)
    .bind::<Timestamptz, _>(plan.entry_from)
    .bind::<Timestamptz, _>(plan.entry_until)
    .bind::<SqlUuid, _>(venue)
    .bind::<Text, _>(plan.currency.code())
    .bind::<BigInt, _>(plan.fee.fixed_minor)
    .bind::<BigInt, _>(plan.fee.basis_points)
    .bind::<Bool, _>(plan.fee.absorbed)
    .bind::<Jsonb, _>(json(&plan.terms))
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes a zone or renames it.
pub async fn put_zone(
    conn: &mut Conn,
    id: Uuid,
    event: Uuid,
    name: &str,
    position: i32,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO zones (id, event_id, name, position) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, position = excluded.position",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(event)
    .bind::<Text, _>(name)
    .bind::<Integer, _>(position)
    .execute(conn)
    .await?;
    Ok(())
}

/// The event's zones to which a ticket type belongs, withdrawn or not.
pub async fn zones_in_use(conn: &mut Conn, event: Uuid) -> Result<Vec<Uuid>, DbError> {
    #[derive(diesel::QueryableByName)]
    struct InUse {
        #[diesel(sql_type = SqlUuid)]
        zone_id: Uuid,
    }
    let rows: Vec<InUse> = diesel::sql_query("SELECT DISTINCT zone_id FROM ticket_types WHERE event_id = $1")
        .bind::<SqlUuid, _>(event)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.zone_id).collect())
}

/// Takes away the zones that are not kept and that no ticket type, withdrawn or not, belongs to.
pub async fn remove_zones_except(conn: &mut Conn, event: Uuid, kept: &[Uuid]) -> Result<(), DbError> {
    diesel::sql_query(
        "DELETE FROM zones WHERE event_id = $1 AND NOT id = ANY($2)
         AND NOT EXISTS (SELECT FROM ticket_types WHERE ticket_types.zone_id = zones.id)",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Array<SqlUuid>, _>(kept)
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes a ticket type or changes it; a withdrawn one comes back.
pub async fn put_ticket_type(
    conn: &mut Conn,
    id: Uuid,
    event: Uuid,
    zone: Uuid,
    position: i32,
    plan: &TicketTypePlan,
) -> Result<(), DbError> {
    // The domain keeps both within 1..=100.
    let per_order = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
    diesel::sql_query(
        "INSERT INTO ticket_types (id, event_id, zone_id, position, name, description, price_minor, capacity,
                                   min_per_order, max_per_order, sale_from, sale_until, attention, terms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (id) DO UPDATE SET zone_id = excluded.zone_id, position = excluded.position, name = excluded.name,
             description = excluded.description, price_minor = excluded.price_minor, capacity = excluded.capacity,
             min_per_order = excluded.min_per_order, max_per_order = excluded.max_per_order,
             sale_from = excluded.sale_from, sale_until = excluded.sale_until, attention = excluded.attention,
             terms = excluded.terms, withdrawn_at = NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(event)
    .bind::<SqlUuid, _>(zone)
    .bind::<Integer, _>(position)
    .bind::<Text, _>(&plan.input.name)
    .bind::<Text, _>(&plan.input.description)
    .bind::<BigInt, _>(plan.input.price.minor())
    .bind::<BigInt, _>(plan.input.capacity)
    .bind::<Integer, _>(per_order(plan.input.min_per_order))
    .bind::<Integer, _>(per_order(plan.input.max_per_order))
    .bind::<Nullable<Timestamptz>, _>(plan.input.sale_from)
    .bind::<Nullable<Timestamptz>, _>(plan.input.sale_until)
    .bind::<Text, _>(&plan.input.attention)
    .bind::<Jsonb, _>(json(&plan.input.terms))
    .execute(conn)
    .await?;
    Ok(())
}

/// Terms are plain data: they can always be written.
fn json(terms: &impl serde::Serialize) -> Value {
    serde_json::to_value(terms).unwrap_or_default()
}

/// Withdraws the ticket types that are not kept: tickets sold of them stay good.
pub async fn withdraw_except(
    conn: &mut Conn,
    event: Uuid,
    kept: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE ticket_types SET withdrawn_at = $3 WHERE event_id = $1 AND NOT id = ANY($2) AND withdrawn_at IS NULL",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Array<SqlUuid>, _>(kept)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts withdrawn ticket types whose zone is not kept into the first that is: of a draft, where nothing was ever on sale, so
/// that no zone must stay for them.
pub async fn rehouse_withdrawn(conn: &mut Conn, event: Uuid, kept: &[Uuid]) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE ticket_types SET zone_id = $2[1]
         WHERE event_id = $1 AND withdrawn_at IS NOT NULL AND NOT zone_id = ANY($2)",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Array<SqlUuid>, _>(kept)
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts a change of events that is not one of their own rows.
pub async fn next_revision(conn: &mut Conn, events: &[Uuid], now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query("UPDATE events SET revision = revision + 1, changed_at = $2 WHERE id = ANY($1)")
        .bind::<Array<SqlUuid>, _>(events)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Moves the event to another status, one revision further.
pub async fn set_status(conn: &mut Conn, id: Uuid, status: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE events SET status = $2, revision = revision + 1, changed_at = $3,
                published_at = CASE WHEN $2 = 'published' THEN $3 ELSE published_at END,
                cancelled_at = CASE WHEN $2 = 'cancelled' THEN $3 ELSE cancelled_at END
         WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(status)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}
