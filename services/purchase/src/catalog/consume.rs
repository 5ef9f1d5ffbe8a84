//! `event.changed` → what is for sale.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::event::terms::EventTerms;
use domain::ids::SharedCapId;
use domain::ticket::shuts_again;
use messages::marketing_admin::v1::{EventChanged, EventStatus, TicketType};
use uuid::Uuid;

use super::store::{self, EventRow, Limit, TypeRow};
use super::terms;
use crate::cancellations;
use crate::inventory::store::moves;
use crate::new_dates::{self, NewDate};
use crate::tables;

/// What became of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is what is for sale now.
    New,
    /// We hold this revision or a newer one.
    Stale,
}

/// Why a snapshot can't be taken over.
#[derive(Debug, thiserror::Error)]
pub enum NotApplied {
    /// A field does not hold what the proto says.
    #[error("event.changed: {0} is not readable")]
    Unreadable(&'static str),
    /// An id is another event's: its places are not to be touched.
    #[error("event.changed: {0} {1} belongs to another event")]
    Foreign(&'static str, Uuid),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for NotApplied {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// Takes a snapshot over, in the transaction of its inbox row.
pub async fn apply(
    conn: &mut Conn,
    message: &EventChanged,
    now: DateTime<Utc>,
) -> Result<Applied, NotApplied> {
    let mut row = event(message)?;
    let unreadable = || NotApplied::Unreadable("new_date");
    let new_date =
        message.new_date.as_ref().map(|date| NewDate::of(date).ok_or_else(unreadable)).transpose()?;
    let types = message.ticket_types.iter().map(|t| offered(row.id, t)).collect::<Result<Vec<_>, _>>()?;
    let limits = limits(&row.terms(), &types, &message.ticket_types);
    if !moves::of(conn, row.id, &types).await?.is_empty() {
        moves::lock_orders(conn, row.id).await?;
    }
    // Then the stock rows, as in every path that touches them.
    let held = store::lock_event(conn, row.id).await?;
    if held.is_some_and(|revision| revision >= row.revision) {
        overtaken(conn, &row).await?;
        return Ok(Applied::Stale);
    }
    let moved = moves::of(conn, row.id, &types).await?;
    if !moved.is_empty() {
        moves::lock_newcomers(conn, row.id).await?;
    }
    let before = if held.is_some() { store::event(conn, row.id).await? } else { None };
    // Somebody may be inside, whatever the new time says.
    let shut = before.as_ref().is_some_and(|before| shuts_again(before.entry_from, row.entry_from, now));
    row.shut_revision = shut.then_some(row.revision);
    if !store::write_event(conn, &row).await? {
        return Ok(Applied::Stale);
    }
    if let Some(foreign) = store::write_types(conn, row.id, &types).await? {
        return Err(NotApplied::Foreign("ticket type", foreign));
    }
    for limit in &limits {
        if !store::set_capacity(conn, row.id, limit).await? {
            return Err(NotApplied::Foreign("limit", limit.id));
        }
    }
    if !moved.is_empty() {
        moves::follow(conn, row.id, &moved).await?;
    }
    let limits: Vec<Uuid> = limits.iter().map(|limit| limit.id).collect();
    for limit in store::note_clamps(conn, row.id, &limits, row.revision, now).await? {
        tracing::warn!(%limit, "capacity is below what is held and sold: sale stops");
    }
    if held.is_none() {
        tables::offer(conn, row.id, now).await?;
    }
    // A night that was called off and archived before we heard of either was called off all the same.
    if row.status == "cancelled" || (row.status == "archived" && message.cancelled_at != 0) {
        cancellations::start(conn, row.id, now).await?;
    }
    if row.status == "published" {
        dated(conn, before.as_ref(), &row, new_date.as_ref(), now).await?;
    }
    Ok(Applied::New)
}

/// A snapshot that a newer one has overtaken may tell of doors that were open until that one shut them.
async fn overtaken(conn: &mut Conn, row: &EventRow) -> Result<(), DbError> {
    let Some(newer) = store::event(conn, row.id).await? else { return Ok(()) };
    if shuts_again(row.entry_from, newer.entry_from, newer.changed_at) {
        store::note_shut(conn, row.id, newer.revision).await?;
    }
    Ok(())
}

/// Has guests told of a new date, announced or not.
async fn dated(
    conn: &mut Conn,
    before: Option<&EventRow>,
    row: &EventRow,
    new_date: Option<&NewDate>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    if let Some(new_date) = new_date
        && new_dates::start(conn, row.id, new_date, now).await?
    {
        return Ok(());
    }
    match before {
        Some(before) => new_dates::unannounced(conn, before, row, now).await,
        None => Ok(()),
    }
}

fn event(message: &EventChanged) -> Result<EventRow, NotApplied> {
    let bad = NotApplied::Unreadable;
    let status = match message.status() {
        EventStatus::Draft => "draft",
        EventStatus::Published => "published",
        EventStatus::Cancelled => "cancelled",
        EventStatus::Archived => "archived",
        EventStatus::Unspecified => return Err(bad("status")),
    };
    let venue = message.venue.clone().unwrap_or_default();
    let fee = message.fee.unwrap_or_default();
    message.time_zone.parse::<chrono_tz::Tz>().map_err(|_| bad("time_zone"))?;
    message.currency.parse::<domain::money::Currency>().map_err(|_| bad("currency"))?;
    Ok(EventRow {
        id: message.event_id.parse().map_err(|_| bad("event_id"))?,
        revision: message.revision,
        slug: message.slug.clone(),
        title: message.title.clone(),
        description: message.description.clone(),
        status: status.to_owned(),
        starts_at: messages::instant(message.starts_at).ok_or(bad("starts_at"))?,
        ends_at: messages::instant(message.ends_at).ok_or(bad("ends_at"))?,
        entry_from: messages::instant(message.entry_from).ok_or(bad("entry_from"))?,
        time_zone: message.time_zone.clone(),
        venue_name: venue.name,
        venue_address: venue.address,
        currency: message.currency.clone(),
        fee_fixed_minor: fee.fixed_minor,
        fee_basis_points: fee.basis_points,
        fee_absorbed: fee.absorbed,
        terms: terms::json(&terms::event(message)?),
        changed_at: messages::instant(message.changed_at).ok_or(bad("changed_at"))?,
        shut_revision: None,
    })
}

/// Every limit of the event: each type's own, its tiers', and those that types share.
fn limits(event: &EventTerms, types: &[TypeRow], messages: &[TicketType]) -> Vec<Limit> {
    let mut limits = Vec::new();
    for (row, message) in types.iter().zip(messages) {
        let ticket_type = Some(row.id);
        limits.push(Limit { id: row.id, ticket_type, capacity: message.capacity });
        limits.extend(
            row.terms()
                .tiers
                .iter()
                .filter_map(|tier| Some(Limit { id: tier.id.uuid(), ticket_type, capacity: tier.places? })),
        );
    }
    let shared = event.shared_caps.iter();
    limits.extend(shared.map(|cap| Limit { id: cap.id.uuid(), ticket_type: None, capacity: cap.capacity }));
    limits
}

fn offered(event_id: Uuid, message: &TicketType) -> Result<TypeRow, NotApplied> {
    let bad = NotApplied::Unreadable;
    let small = |number: i64, field| i32::try_from(number).map_err(|_| bad(field));
    let terms = terms::of_type(message)?;
    Ok(TypeRow {
        id: message.ticket_type_id.parse().map_err(|_| bad("ticket_type_id"))?,
        event_id,
        name: message.name.clone(),
        description: message.description.clone(),
        price_minor: message.price_minor,
        min_per_order: small(message.min_per_order.max(1), "min_per_order")?,
        max_per_order: small(message.max_per_order.max(1), "max_per_order")?,
        sale_from: messages::instant(message.sale_from),
        sale_until: messages::instant(message.sale_until),
        zone_id: message.zone_id.parse().map_err(|_| bad("zone_id"))?,
        position: small(message.position, "position")?,
        attention: message.attention.clone(),
        shared_cap_id: terms.shared_cap.map(SharedCapId::uuid),
        terms: terms::json(&terms),
        withdrawn: false,
    })
}
