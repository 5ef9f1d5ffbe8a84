//! An event as the other services are told of it.

use domain::event::EventStatus;
use messages::marketing_admin::v1::{
    EventChanged, EventStatus as WireStatus, ServiceFee, TicketType, Venue, Zone,
};
use messages::millis;

use crate::events::store::{Event, TicketTypeRow};

/// The whole event, as of its revision.
pub fn snapshot(event: &Event) -> EventChanged {
    let row = &event.row;
    EventChanged {
        event_id: row.id.to_string(),
        revision: row.revision,
        slug: row.slug.clone(),
        title: row.title.clone(),
        description: row.description.clone(),
        status: status(&row.status).into(),
        starts_at: millis(row.starts_at),
        ends_at: millis(row.ends_at),
        entry_from: millis(row.entry_from),
        entry_until: millis(row.entry_until),
        time_zone: row.time_zone.clone(),
        venue: Some(Venue {
            venue_id: row.venue_id.to_string(),
            name: row.venue_name.clone(),
            address: row.venue_address.clone(),
        }),
        currency: row.currency.clone(),
        fee: Some(ServiceFee { fixed_minor: row.fee_fixed_minor, basis_points: row.fee_basis_points }),
        ticket_types: event.ticket_types.iter().map(ticket_type).collect(),
        zones: event
            .zones
            .iter()
            .map(|zone| Zone { zone_id: zone.id.to_string(), name: zone.name.clone() })
            .collect(),
        changed_at: millis(row.changed_at),
    }
}

fn ticket_type(row: &TicketTypeRow) -> TicketType {
    TicketType {
        ticket_type_id: row.id.to_string(),
        name: row.name.clone(),
        description: row.description.clone(),
        price_minor: row.price_minor,
        capacity: row.capacity,
        min_per_order: row.min_per_order.into(),
        max_per_order: row.max_per_order.into(),
        sale_from: row.sale_from.map_or(0, millis),
        sale_until: row.sale_until.map_or(0, millis),
        zone_id: row.zone_id.to_string(),
        position: row.position.into(),
        attention: row.attention.clone(),
    }
}

fn status(code: &str) -> WireStatus {
    match EventStatus::from_code(code) {
        Some(EventStatus::Draft) => WireStatus::Draft,
        Some(EventStatus::Published) => WireStatus::Published,
        Some(EventStatus::Cancelled) => WireStatus::Cancelled,
        Some(EventStatus::Archived) => WireStatus::Archived,
        None => WireStatus::Unspecified,
    }
}
