//! Tickets of tonight whose type has rules of its own, as `event.changed` tells them.

use messages::{
    marketing_admin::v1::{EventChanged, TicketType},
    purchase::v1::TicketChanged,
};
use uuid::Uuid;

use crate::house::House;

/// A ticket of a type with these rules, which lets in at the first gate.
pub async fn ticket_of(house: &House, rules: TicketType) -> TicketChanged {
    let ticket_type_id = Uuid::now_v7().to_string();
    let kind = TicketType {
        ticket_type_id: ticket_type_id.clone(),
        zone_id: house.night.zones[0].zone_id.clone(),
        ..rules
    };
    let known = house.count("select coalesce(max(revision), 0) from events").await;
    let event = EventChanged { revision: known + 1, ticket_types: vec![kind], ..house.night.clone() };
    house.tell_event(&event).await;
    let ticket = TicketChanged { ticket_type_id, ..house.unsold() };
    house.tell_ticket(&ticket).await;
    ticket
}
