//! The night that is sold.

use messages::marketing_admin::v1::{EventChanged, EventStatus, ServiceFee, TicketType, Venue, Zone};
use uuid::Uuid;

/// A night that is on sale now.
pub fn friday() -> EventChanged {
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp_millis();
    let hour = 3_600_000;
    let zone = Uuid::now_v7().to_string();
    let kind = |name: &str, price_minor, capacity, position| TicketType {
        ticket_type_id: Uuid::now_v7().to_string(),
        name: name.to_owned(),
        price_minor,
        capacity,
        min_per_order: 1,
        max_per_order: 10,
        sale_from: 0,
        sale_until: 0,
        zone_id: zone.clone(),
        position,
        ..TicketType::default()
    };
    EventChanged {
        event_id: Uuid::now_v7().to_string(),
        revision: 1,
        slug: "friday-night".to_owned(),
        title: "Friday Night <b>".to_owned(),
        description: "First paragraph.\n\nSecond.".to_owned(),
        status: EventStatus::Published.into(),
        starts_at: now + 24 * hour,
        ends_at: now + 32 * hour,
        entry_from: now + 23 * hour,
        entry_until: now + 31 * hour,
        time_zone: "Europe/Madrid".to_owned(),
        venue: Some(Venue {
            venue_id: Uuid::now_v7().to_string(),
            name: "Club Maguey".into(),
            address: "Calle Mayor 1".into(),
        }),
        currency: "EUR".to_owned(),
        fee: Some(ServiceFee { fixed_minor: 50, basis_points: 250, absorbed: false }),
        ticket_types: vec![kind("Regular", 2000, 100, 0), kind("Free entry", 0, 10, 1)],
        zones: vec![Zone { zone_id: zone.clone(), name: "Club".into() }],
        changed_at: now,
        ..EventChanged::default()
    }
}
