//! An event as the other services are told of it.

use domain::event::EventStatus;
use domain::event::question::QuestionKind;
use domain::event::terms::{TicketKind, Visibility};
use messages::marketing_admin::v1::{
    Companion, EventChanged, EventNewDate, EventStatus as WireStatus, EventVisibility, GuestPrice, Label,
    PriceTier, Question, QuestionKind as WireQuestion, RefundPolicy, ServiceFee, SharedCap, Tax,
    TicketKind as WireKind, TicketType, Venue, Zone,
};
use messages::millis;

use crate::events::store::{Event, EventRow, TicketTypeRow};

/// The whole event, as of its revision.
pub fn snapshot(event: &Event) -> EventChanged {
    let row = &event.row;
    let terms = row.terms();
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
        fee: Some(fee(row.fee())),
        ticket_types: event.ticket_types.iter().map(ticket_type).collect(),
        zones: event
            .zones
            .iter()
            .map(|zone| Zone { zone_id: zone.id.to_string(), name: zone.name.clone() })
            .collect(),
        changed_at: millis(row.changed_at),
        visibility: visibility(terms.visibility).into(),
        access_code: terms.access_code.unwrap_or_default(),
        shared_caps: terms.shared_caps.into_iter().map(shared_cap).collect(),
        refunds: Some(RefundPolicy {
            self_service_until: terms.refunds.self_service_until.map_or(0, millis),
            keeps_fees: terms.refunds.keeps_fees,
        }),
        cancelled_at: row.cancelled_at.map_or(0, millis),
        new_date: new_date(row),
        questions: terms.questions.into_iter().map(question).collect(),
        exchange_until: terms.exchange_until.map_or(0, millis),
    }
}

/// The last time it got a new date.
fn new_date(row: &EventRow) -> Option<EventNewDate> {
    Some(EventNewDate {
        new_date_id: row.new_date_id?.to_string(),
        from_starts_at: row.old_starts_at.map_or(0, millis),
        note: row.new_date_note.clone().unwrap_or_default(),
        given_at: row.new_date_at.map_or(0, millis),
    })
}

fn question(question: domain::event::question::Question) -> Question {
    Question {
        question_id: question.id.to_string(),
        label: Some(label(question.label)),
        kind: match question.kind {
            QuestionKind::Text => WireQuestion::Text,
            QuestionKind::Choice => WireQuestion::Choice,
            QuestionKind::YesNo => WireQuestion::YesNo,
            QuestionKind::BirthDate => WireQuestion::BirthDate,
        }
        .into(),
        options: question.options.into_iter().map(label).collect(),
        required: question.required,
        per_ticket: question.per_ticket,
        ticket_types: question.ticket_types,
    }
}

fn label(label: domain::event::question::Label) -> Label {
    Label { en: label.en, es: label.es }
}

fn fee(fee: domain::quote::ServiceFee) -> ServiceFee {
    ServiceFee { fixed_minor: fee.fixed_minor, basis_points: fee.basis_points, absorbed: fee.absorbed }
}

fn shared_cap(cap: domain::event::terms::SharedCap) -> SharedCap {
    SharedCap { shared_cap_id: cap.id.to_string(), name: cap.name, capacity: cap.capacity }
}

fn tier(tier: domain::tier::Tier) -> PriceTier {
    PriceTier {
        tier_id: tier.id.to_string(),
        name: tier.name,
        price_minor: tier.price_minor,
        places: tier.places.unwrap_or(0),
        until: tier.until.map_or(0, millis),
    }
}

const fn visibility(visibility: Visibility) -> EventVisibility {
    match visibility {
        Visibility::Public => EventVisibility::Public,
        Visibility::Unlisted => EventVisibility::Unlisted,
        Visibility::Private => EventVisibility::Private,
    }
}

const fn kind(kind: TicketKind) -> WireKind {
    match kind {
        TicketKind::Entry => WireKind::Entry,
        TicketKind::AddOn => WireKind::AddOn,
        // No event has one: its tables are told with its floor plan.
        TicketKind::Table => WireKind::Unspecified,
    }
}

fn ticket_type(row: &TicketTypeRow) -> TicketType {
    let terms = row.terms();
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
        places: terms.places.into(),
        kind: kind(terms.kind).into(),
        access_code: terms.access_code.unwrap_or_default(),
        max_per_guest: terms.max_per_guest.unwrap_or(0),
        tiers: terms.tiers.into_iter().map(tier).collect(),
        tax: Some(Tax { basis_points: terms.tax.basis_points, on_top: terms.tax.on_top }),
        fee: terms.fee.map(fee),
        shared_cap_id: terms.shared_cap.map(|id| id.to_string()).unwrap_or_default(),
        guest_price: terms
            .guest_price
            .map(|range| GuestPrice { least_minor: range.least_minor, most_minor: range.most_minor }),
        needs: terms.needs.map(|needs| Companion { name: needs.name, serves: needs.serves.into() }),
        entries: messages::entries(terms.entries),
        admit_from: terms.admit_from.map_or(0, millis),
        admit_until: terms.admit_until.map_or(0, millis),
        asks_id: terms.asks_id,
        rotating_code: terms.rotating_code,
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
