//! `event.changed` → events, zones, gates, ticket types.

use bus::{Delivery, HandleError, Outcome};
use chrono::{DateTime, Utc};
use db::Conn;
use domain::event::EventStatus;
use messages::{
    entries_allowed, instant,
    marketing_admin::v1::{self, EventChanged},
};
use uuid::Uuid;

use super::store::{self, EventRow, GateRow, TicketTypeRow, ZoneRow};

/// Takes one snapshot in. An older one than the one held changes nothing.
pub async fn apply(conn: &mut Conn, message: EventChanged, _: Delivery) -> Result<Outcome, HandleError> {
    let (event, zones, gates) = rows(&message).map_err(HandleError::never)?;
    let types = ticket_types(event.id, &message.ticket_types).map_err(HandleError::never)?;
    if !store::put_event(conn, &event).await? {
        return Ok(Outcome::Stale);
    }
    store::put_zones(conn, event.id, &zones, &gates).await?;
    store::put_ticket_types(conn, &event, &types).await?;
    tracing::info!(event = %event.id, revision = event.revision, zones = zones.len(), "event taken in");
    Ok(Outcome::Applied)
}

/// The rows of a snapshot; an error says what its sender got wrong.
fn rows(message: &EventChanged) -> Result<(EventRow, Vec<ZoneRow>, Vec<GateRow>), String> {
    let id = uuid("event_id", &message.event_id)?;
    let event = EventRow {
        id,
        revision: message.revision,
        slug: message.slug.clone(),
        title: message.title.clone(),
        status: status(message.status())?.code().to_owned(),
        starts_at: time("starts_at", message.starts_at)?,
        ends_at: time("ends_at", message.ends_at)?,
        entry_from: time("entry_from", message.entry_from)?,
        entry_until: time("entry_until", message.entry_until)?,
        time_zone: message.time_zone.clone(),
        venue_name: message.venue.as_ref().map(|venue| venue.name.clone()).unwrap_or_default(),
        changed_at: time("changed_at", message.changed_at)?,
    };
    let mut zones = Vec::new();
    let mut gates = Vec::new();
    for (position, zone) in message.zones.iter().enumerate() {
        let zone_id = uuid("zone_id", &zone.zone_id)?;
        zones.push(ZoneRow { id: zone_id, event_id: id, name: zone.name.clone(), active: true });
        let gate = GateRow {
            id: gate_id(zone_id),
            event_id: id,
            zone_id,
            name: gate_name(position, &zone.name),
            active: true,
        };
        gates.push(gate);
    }
    Ok((event, zones, gates))
}

fn ticket_types(event_id: Uuid, told: &[v1::TicketType]) -> Result<Vec<TicketTypeRow>, String> {
    told.iter()
        .map(|told| {
            Ok(TicketTypeRow {
                id: uuid("ticket_type_id", &told.ticket_type_id)?,
                event_id,
                name: told.name.clone(),
                zone_id: uuid("zone_id", &told.zone_id)?,
                entries_allowed: entries_allowed(told.entries)
                    .map(|often| i16::try_from(often).unwrap_or(i16::MAX)),
                admit_from: told_time("admit_from", told.admit_from)?,
                admit_until: told_time("admit_until", told.admit_until)?,
                asks_id: told.asks_id,
                rotating_code: told.rotating_code,
            })
        })
        .collect()
}

/// The gate that every zone has. Derived, so that it is the same on every replica and after every rebuild.
fn gate_id(zone: Uuid) -> Uuid {
    Uuid::new_v5(&zone, b"main gate")
}

fn gate_name(position: usize, zone: &str) -> String {
    if position == 0 { "Main door".to_owned() } else { format!("{zone} door") }
}

fn status(status: v1::EventStatus) -> Result<EventStatus, String> {
    match status {
        v1::EventStatus::Draft => Ok(EventStatus::Draft),
        v1::EventStatus::Published => Ok(EventStatus::Published),
        v1::EventStatus::Cancelled => Ok(EventStatus::Cancelled),
        v1::EventStatus::Archived => Ok(EventStatus::Archived),
        v1::EventStatus::Unspecified => Err("the event has no status".to_owned()),
    }
}

fn uuid(field: &str, text: &str) -> Result<Uuid, String> {
    text.parse().map_err(|_| format!("{field} is not a UUID"))
}

fn time(field: &str, millis: i64) -> Result<DateTime<Utc>, String> {
    instant(millis).ok_or_else(|| format!("{field} is not an instant"))
}

/// The same where none may be told.
fn told_time(field: &str, millis: i64) -> Result<Option<DateTime<Utc>>, String> {
    if millis == 0 { Ok(None) } else { time(field, millis).map(Some) }
}
