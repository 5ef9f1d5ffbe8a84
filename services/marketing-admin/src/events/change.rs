//! Creating and changing an event: one transaction with its audit row and its message.

use audit::Actor;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::event::draft::FieldFault;
use domain::event::{EventStatus, Slug};
use serde_json::json;
use uuid::Uuid;
use web::Fault;

use crate::Desk;
use crate::events::counters::Counters;
use crate::events::held::{Held, HeldType, HeldZone};
use crate::events::input::EventInput;
use crate::events::plan::{Plan, plan};
use crate::events::snapshot::snapshot;
use crate::events::store::{self, Event, Locked, Which};
use crate::events::venues;
use crate::reports::store as reports;

/// Makes a draft of what was entered.
pub async fn create(desk: &Desk, actor: &Actor, input: EventInput) -> Result<Event, Fault> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let mut input = input.clone();
            refuse_revision(&input)?;
            let venue = venues::resolve(conn, input.venue.take().as_deref()).await?;
            Counters::default().settle(&mut input);
            let plan = plan(input, &Held::default()).map_err(refused)?;
            let slug = free_slug(conn, &plan, venue.zone()).await?;
            let id = Uuid::now_v7();
            write(conn, id, &slug, venue.id, &plan, now).await?;
            conclude(conn, actor, "event.created", id, json!({"slug": slug.as_str()}), now).await
        })
        .await
}

/// Changes the event, if nobody else has changed it since the revision the change was made from.
pub async fn change(desk: &Desk, actor: &Actor, id: Uuid, input: EventInput) -> Result<Event, Fault> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let mut input = input.clone();
            let before = store::lock(conn, id).await?.ok_or_else(Fault::not_found)?;
            check_revision(&before, input.revision)?;
            let status = changeable(&before)?;
            let venue = match input.venue.take() {
                Some(named) => venues::resolve(conn, Some(&named)).await?.id,
                None => before.venue_id,
            };
            let event = store::find(conn, Which::Id(id)).await?.ok_or_else(Fault::not_found)?;
            Counters::of(&event).settle(&mut input);
            let held = held(conn, event, status == EventStatus::Published).await?;
            let plan = plan(input, &held).map_err(refused)?;
            let slug = plan.slug.clone().map_or_else(|| before.slug.clone(), String::from);
            if status == EventStatus::Published {
                check_fixed(&before, &slug, &plan)?;
                check_date(conn, id, &before, &plan, now).await?;
            }
            let slug = slug.parse::<Slug>().map_err(Fault::internal)?;
            let zones = write(conn, id, &slug, venue, &plan, now).await?;
            if status == EventStatus::Draft {
                store::rehouse_withdrawn(conn, id, &zones).await?;
            }
            store::remove_zones_except(conn, id, &zones).await?;
            let detail = json!({"from_revision": before.revision, "ticket_types": plan.ticket_types.len()});
            conclude(conn, actor, "event.changed", id, detail, now).await
        })
        .await
}

/// The end of every change: the audit row and the message with the whole event as it is now.
pub(super) async fn conclude(
    conn: &mut Conn,
    actor: &Actor,
    action: &'static str,
    id: Uuid,
    detail: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<Event, Fault> {
    store::venues::hold_still(conn, id).await?;
    let event = store::find(conn, Which::Id(id)).await?.ok_or_else(Fault::not_found)?;
    audit::record(conn, actor, action, &id.to_string(), detail, now).await?;
    bus::outbox::add(conn, &snapshot(&event), now).await?;
    Ok(event)
}

/// Faults of fields, as the one answer to all of them.
pub(crate) fn refused(faults: Vec<FieldFault>) -> Fault {
    faults
        .into_iter()
        .fold(Fault::invalid("validation_failed"), |fault, each| fault.field(each.field, each.code))
}

fn refuse_revision(input: &EventInput) -> Result<(), Fault> {
    match input.revision {
        None => Ok(()),
        Some(_) => Err(Fault::invalid("validation_failed").field("revision", "unknown")),
    }
}

pub(super) fn check_revision(before: &Locked, made_from: Option<i64>) -> Result<(), Fault> {
    match made_from {
        Some(revision) if revision == before.revision => Ok(()),
        Some(_) => {
            Err(Fault::conflict("stale_revision").detail("The event has changed since; read it again."))
        }
        None => Err(Fault::invalid("validation_failed").field("revision", "required")),
    }
}

fn changeable(before: &Locked) -> Result<EventStatus, Fault> {
    match EventStatus::from_code(&before.status) {
        Some(status @ (EventStatus::Draft | EventStatus::Published)) => Ok(status),
        _ => Err(Fault::conflict("invalid_state").detail("A cancelled or archived event stays as it is.")),
    }
}

/// Once guests have the link and the prices, neither the address nor the currency moves.
fn check_fixed(before: &Locked, slug: &str, plan: &Plan) -> Result<(), Fault> {
    let mut faults = Vec::new();
    if slug != before.slug {
        faults.push(FieldFault { field: "slug".to_owned(), code: "fixed" });
    }
    if plan.currency.code() != before.currency {
        faults.push(FieldFault { field: "currency".to_owned(), code: "fixed" });
    }
    if faults.is_empty() { Ok(()) } else { Err(refused(faults)) }
}

/// Guests who hold tickets are told of a new date, and may have their money back: so the beginning does not move in silence, it
/// goes the way of [`crate::events::new_date`]. To the minute, as the form has it.
async fn check_date(
    conn: &mut Conn,
    id: Uuid,
    before: &Locked,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let minute = |at: DateTime<Utc>| at.timestamp().div_euclid(60);
    if before.ends_at <= now || minute(plan.starts_at) == minute(before.starts_at) {
        return Ok(());
    }
    let sold = reports::sold(conn, id).await?;
    if sold.tickets_sold <= sold.tickets_returned {
        return Ok(());
    }
    let fault = Fault::invalid("validation_failed").field("starts_at", "new_date");
    Err(fault.detail("Guests hold tickets for this date: give the night a new date, and they are told."))
}

/// What the event has before the change.
async fn held(conn: &mut Conn, event: Event, on_sale: bool) -> Result<Held, Fault> {
    let used = store::zones_in_use(conn, event.row.id).await?;
    let zone =
        |zone: store::ZoneRow| HeldZone { used: used.contains(&zone.id), id: zone.id, name: zone.name };
    let kind = |row: &store::TicketTypeRow| HeldType { id: row.id, zone: row.zone_id };
    Ok(Held {
        ticket_types: event.ticket_types.iter().map(kind).collect(),
        zones: event.zones.into_iter().map(zone).collect(),
        on_sale,
    })
}

/// The address asked for, or one made from the title; with the night's date where that is taken.
async fn free_slug(conn: &mut Conn, plan: &Plan, zone: chrono_tz::Tz) -> Result<Slug, Fault> {
    if let Some(asked) = &plan.slug {
        return Ok(asked.clone());
    }
    let slug = Slug::from_title(&plan.title);
    if !store::slug_is_taken(conn, slug.as_str()).await? {
        return Ok(slug);
    }
    let night = domain::night::BusinessNight::of(plan.starts_at, zone).date();
    let short: String = slug.as_str().chars().take(69).collect();
    format!("{}-{night}", short.trim_end_matches('-')).parse().map_err(Fault::internal)
}

/// Writes the plan; its zones.
async fn write(
    conn: &mut Conn,
    id: Uuid,
    slug: &Slug,
    venue: Uuid,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, Fault> {
    store::put_event(conn, id, slug.as_str(), venue, plan, now).await.map_err(taken)?;
    let mut zones = Vec::with_capacity(plan.zones.len());
    for (zone, position) in plan.zones.iter().zip(0..) {
        let zone_id = zone.id.unwrap_or_else(Uuid::now_v7);
        store::put_zone(conn, zone_id, id, &zone.name, position).await?;
        zones.push(zone_id);
    }
    let mut kept = Vec::with_capacity(plan.ticket_types.len());
    for (each, position) in plan.ticket_types.iter().zip(0..) {
        let type_id = each.input.id.unwrap_or_else(Uuid::now_v7);
        store::put_ticket_type(conn, type_id, id, zones[each.zone], position, each).await?;
        kept.push(type_id);
    }
    store::withdraw_except(conn, id, &kept, now).await?;
    Ok(zones)
}

fn taken(error: DbError) -> Fault {
    match error.constraint() {
        Some("events_slug") => Fault::conflict("slug_taken").field("slug", "taken"),
        _ => error.into(),
    }
}
