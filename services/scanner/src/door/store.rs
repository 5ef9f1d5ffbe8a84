//! All SQL on events, zones, gates and occupancy.

mod ticket_types;

pub use ticket_types::{TicketTypeRow, put_ticket_types};

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::{dsl::sql, prelude::*, sql_types, upsert::excluded};
use diesel_async::RunQueryDsl;
use domain::{
    admission::{EntryWindow, Gate},
    event::EventStatus,
    ids::{EventId, GateId},
};
use uuid::Uuid;

use super::GatePlan;
use crate::schema::{events, gates, occupancy, zones};

/// A row of `events`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = events)]
pub struct EventRow {
    /// The event.
    pub id: Uuid,
    /// Which of its snapshots this is.
    pub revision: i64,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub title: String,
    /// Where it stands, see [`EventStatus`].
    pub status: String,
    /// Doors.
    pub starts_at: DateTime<Utc>,
    /// The end of the night.
    pub ends_at: DateTime<Utc>,
    /// First instant of entry.
    pub entry_from: DateTime<Utc>,
    /// First instant without entry.
    pub entry_until: DateTime<Utc>,
    /// IANA name of the venue's zone.
    pub time_zone: String,
    /// The venue's name.
    pub venue_name: String,
    /// When the owner last changed it.
    pub changed_at: DateTime<Utc>,
}

/// A row of `zones`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = zones)]
pub struct ZoneRow {
    /// The zone.
    pub id: Uuid,
    /// Its event.
    pub event_id: Uuid,
    /// Its name.
    pub name: String,
    /// Whether the event still has it.
    pub active: bool,
}

/// A row of `gates`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = gates)]
pub struct GateRow {
    /// The gate.
    pub id: Uuid,
    /// The event it is open for.
    pub event_id: Uuid,
    /// The zone behind it.
    pub zone_id: Uuid,
    /// Its name as the staff knows it.
    pub name: String,
    /// Whether it is in use.
    pub active: bool,
}

/// Takes a newer snapshot of an event in; `false` if the one held is as new.
pub async fn put_event(conn: &mut Conn, row: &EventRow) -> Result<bool, DbError> {
    use diesel::query_dsl::methods::FilterDsl as _;
    let written = diesel::insert_into(events::table)
        .values(row)
        .on_conflict(events::id)
        .do_update()
        .set((row, events::heard_at.eq(sql::<sql_types::Timestamptz>("clock_timestamp()"))))
        .filter(events::revision.lt(excluded(events::revision)))
        .execute(conn)
        .await?;
    Ok(written > 0)
}

/// Makes the event's zones and gates those given; the others stay, inactive. Gates keep the name they have.
pub async fn put_zones(
    conn: &mut Conn,
    event: Uuid,
    zone_rows: &[ZoneRow],
    gate_rows: &[GateRow],
) -> Result<(), DbError> {
    diesel::update(zones::table.filter(zones::event_id.eq(event)))
        .set(zones::active.eq(false))
        .execute(conn)
        .await?;
    diesel::update(gates::table.filter(gates::event_id.eq(event)))
        .set(gates::active.eq(false))
        .execute(conn)
        .await?;
    diesel::insert_into(zones::table)
        .values(zone_rows)
        .on_conflict(zones::id)
        .do_update()
        .set((zones::name.eq(excluded(zones::name)), zones::active.eq(true)))
        .execute(conn)
        .await?;
    diesel::insert_into(gates::table)
        .values(gate_rows)
        .on_conflict(gates::id)
        .do_update()
        .set(gates::active.eq(true))
        .execute(conn)
        .await?;
    Ok(())
}

/// An active gate of an event that is public, with what the event says about entry.
pub async fn gate(conn: &mut Conn, id: GateId) -> Result<Option<GatePlan>, DbError> {
    let row: Option<(GateRow, EventRow)> = gates::table
        .inner_join(events::table)
        .filter(gates::id.eq(id.uuid()).and(gates::active).and(events::status.ne(EventStatus::Draft.code())))
        .select((GateRow::as_select(), EventRow::as_select()))
        .first(conn)
        .await
        .optional()?;
    Ok(row.and_then(|(gate, event)| plan(gate, event)))
}

/// The same, closed or not, of a night that was taken back too: who came in while it was open is inside.
pub async fn any_gate(conn: &mut Conn, id: GateId) -> Result<Option<GatePlan>, DbError> {
    let row: Option<(GateRow, EventRow)> = gates::table
        .inner_join(events::table)
        .filter(gates::id.eq(id.uuid()))
        .select((GateRow::as_select(), EventRow::as_select()))
        .first(conn)
        .await
        .optional()?;
    Ok(row.and_then(|(gate, event)| plan(gate, event)))
}

fn plan(gate: GateRow, event: EventRow) -> Option<GatePlan> {
    Some(GatePlan {
        gate: Gate {
            id: gate.id.into(),
            event: gate.event_id.into(),
            zone: gate.zone_id.into(),
            name: gate.name,
        },
        slug: event.slug,
        status: EventStatus::from_code(&event.status)?,
        window: EntryWindow { from: event.entry_from, until: event.entry_until },
        time_zone: event.time_zone.parse().unwrap_or(chrono_tz::UTC),
    })
}

/// Whether a gate is the event's, in use or not: what happened at it may be told after it has closed.
pub async fn has_gate(conn: &mut Conn, event: Uuid, gate: Uuid) -> Result<bool, DbError> {
    let found = gates::table.filter(gates::id.eq(gate).and(gates::event_id.eq(event)));
    Ok(found.count().get_result::<i64>(conn).await? > 0)
}

/// The public event that `event`, an id or a slug, names.
pub async fn event_named(conn: &mut Conn, event: &str) -> Result<Option<EventId>, DbError> {
    let id = event.parse::<Uuid>().unwrap_or(Uuid::nil());
    let found: Option<Uuid> = events::table
        .filter(events::slug.eq(event).or(events::id.eq(id)))
        .filter(events::status.ne(EventStatus::Draft.code()))
        .order(events::changed_at.desc())
        .select(events::id)
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(EventId::from_uuid))
}

/// Published events that are not long over, each with its occupancy.
pub async fn events_since(
    conn: &mut Conn,
    ended_after: DateTime<Utc>,
) -> Result<Vec<(EventRow, i64)>, DbError> {
    let rows: Vec<(EventRow, Option<i64>)> = events::table
        .left_join(occupancy::table.on(occupancy::event_id.eq(events::id)))
        .filter(events::status.eq(EventStatus::Published.code()).and(events::ends_at.gt(ended_after)))
        .order(events::starts_at)
        .select((EventRow::as_select(), occupancy::inside.nullable()))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(event, inside)| (event, inside.unwrap_or(0))).collect())
}

/// The active gates of these events, each with its zone.
pub async fn gates_of(conn: &mut Conn, of: &[Uuid]) -> Result<Vec<(GateRow, ZoneRow)>, DbError> {
    let rows = gates::table
        .inner_join(zones::table)
        .filter(gates::event_id.eq_any(of).and(gates::active))
        .order((gates::event_id, gates::name))
        .select((GateRow::as_select(), ZoneRow::as_select()))
        .load(conn)
        .await?;
    Ok(rows)
}

/// Which revision of an event every gate goes by: none for a moment after a new one was heard of, while a gate may still go by
/// what it has in memory (see [`super::board`], two seconds, and one for a scan on its way).
pub async fn revision(conn: &mut Conn, event: Uuid) -> Result<Option<i64>, DbError> {
    let settled = sql::<sql_types::Timestamptz>("clock_timestamp() - interval '3 seconds'");
    let settled = events::table.find(event).filter(events::heard_at.le(settled));
    Ok(settled.select(events::revision).first(conn).await.optional()?)
}
