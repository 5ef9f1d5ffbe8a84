//! What an event has before a change, and what of it a change means that names no ids.

use domain::event::terms::TicketKind;
use uuid::Uuid;

use crate::events::input::{TicketTypeInput, ZoneInput};

/// The zone of an event that names none.
pub(super) const ONLY_ZONE: &str = "Club";

/// What the event has already: a change names parts of it by id, or by name.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// Its zones in order.
    pub zones: Vec<HeldZone>,
    /// Its ticket types that are not withdrawn.
    pub ticket_types: Vec<HeldType>,
    /// Whether tickets may have been sold: then nothing goes on which one of them may depend.
    pub on_sale: bool,
}

/// A zone that the event has.
#[derive(Debug, Clone)]
pub struct HeldZone {
    /// Key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Whether a ticket type, withdrawn or not, belongs to it.
    pub used: bool,
}

/// A ticket type that the event has.
#[derive(Debug, Clone)]
pub struct HeldType {
    /// Key.
    pub id: Uuid,
    /// The zone it opens.
    pub zone: Uuid,
}

impl Held {
    pub(super) fn has_zone(&self, id: Uuid) -> bool {
        self.zones.iter().any(|zone| zone.id == id)
    }

    /// The zone of this name, unless it was meant by its id.
    pub(super) fn zone_named(&self, name: &str, claimed: &[Uuid]) -> Option<Uuid> {
        let named = |zone: &&HeldZone| same(&zone.name, name) && !claimed.contains(&zone.id);
        self.zones.iter().find(named).map(|zone| zone.id)
    }

    /// What the event has of a ticket type.
    pub(super) fn ticket_type(&self, entered: &TicketTypeInput) -> Option<&HeldType> {
        self.ticket_types.iter().find(|kept| Some(kept.id) == entered.id)
    }

    /// The zones of a change that names none: those the event has, as far as a ticket type wants them or tickets may need them,
    /// then new ones that ticket types name, where an entry without a zone means the club itself.
    pub(super) fn implied(&self, ticket_types: &[TicketTypeInput]) -> Vec<ZoneInput> {
        let kept = |each: &TicketTypeInput| {
            let before = self.ticket_type(each)?;
            self.zones.iter().find(|zone| zone.id == before.zone).map(|zone| zone.name.as_str())
        };
        let entry = |each: &TicketTypeInput| (each.terms.kind == TicketKind::Entry).then_some(ONLY_ZONE);
        let wanted: Vec<&str> = ticket_types
            .iter()
            .filter_map(|each| named_zone(each).or_else(|| kept(each)).or_else(|| entry(each)))
            .collect();
        let needed = |zone: &&HeldZone| self.on_sale || wanted.iter().any(|name| same(name, &zone.name));
        let held = self.zones.iter().filter(needed);
        let held = held.map(|zone| ZoneInput { id: Some(zone.id), name: zone.name.clone() });
        held.chain(wanted.iter().map(|name| ZoneInput { id: None, name: (*name).to_owned() })).collect()
    }
}

/// The zone that a ticket type names.
pub(super) fn named_zone(ticket_type: &TicketTypeInput) -> Option<&str> {
    ticket_type.zone.as_deref().map(str::trim).filter(|name| !name.is_empty())
}

/// The zone of an extra that names none: a place of its own, called as it is.
pub(super) fn own_zone(ticket_type: &TicketTypeInput) -> Option<&str> {
    let own = ticket_type.terms.kind == TicketKind::AddOn && named_zone(ticket_type).is_none();
    own.then(|| ticket_type.name.trim()).filter(|name| !name.is_empty())
}

/// Whether two names would be one to a reader.
pub(super) fn same(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}
