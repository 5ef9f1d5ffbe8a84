//! From what was entered to what may be stored. Pure: every fault is found at once, each by its field.

use chrono::{DateTime, TimeDelta, Utc};
use domain::event::Slug;
use domain::event::draft::{EventDraft, FieldFault, TicketTypeDraft};
use domain::event::terms::{EventTerms, TicketKind};
use domain::ids::SharedCapId;
use domain::money::Currency;
use domain::quote::ServiceFee;
use uuid::Uuid;

use crate::events::held::{Held, HeldZone, ONLY_ZONE, named_zone, own_zone, same};
use crate::events::input::{EventInput, TicketTypeInput, ZoneInput};

/// Guests may come in before doors by this much, unless it is said otherwise.
const EARLY: TimeDelta = TimeDelta::minutes(30);
const MOST_ZONES: usize = 20;
/// Characters from which on a zone's name is too long.
const TOO_LONG_ZONE: usize = 81;
const LONGEST_NOTE: usize = 500;

/// An event that may be stored.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Title, trimmed.
    pub title: String,
    /// The address that was asked for.
    pub slug: Option<Slug>,
    /// Plain text.
    pub description: String,
    /// Doors.
    pub starts_at: DateTime<Utc>,
    /// The end.
    pub ends_at: DateTime<Utc>,
    /// First instant of entry.
    pub entry_from: DateTime<Utc>,
    /// First instant without entry.
    pub entry_until: DateTime<Utc>,
    /// Currency of every price.
    pub currency: Currency,
    /// The club's fee.
    pub fee: ServiceFee,
    /// How it is sold.
    pub terms: EventTerms,
    /// Zones in order.
    pub zones: Vec<ZonePlan>,
    /// Ticket types in order.
    pub ticket_types: Vec<TicketTypePlan>,
}

/// A zone that may be stored.
#[derive(Debug, Clone)]
pub struct ZonePlan {
    /// Of the zone the event has already.
    pub id: Option<Uuid>,
    /// Its name.
    pub name: String,
}

/// A ticket type that may be stored.
#[derive(Debug, Clone)]
pub struct TicketTypePlan {
    /// As entered, with trimmed texts.
    pub input: TicketTypeInput,
    /// Which of the plan's zones it opens.
    pub zone: usize,
}

/// Checks everything, against what the event has already.
pub fn plan(input: EventInput, held: &Held) -> Result<Plan, Vec<FieldFault>> {
    let mut faults = Faults::default();
    // Far enough back there is no half an hour before; the draft refuses such a date.
    let early = input.starts_at.checked_sub_signed(EARLY).unwrap_or(input.starts_at);
    let (entry_from, entry_until) =
        (input.entry_from.unwrap_or(early), input.entry_until.unwrap_or(input.ends_at));
    let fee = input.fee.unwrap_or_default();
    let currency = faults.currency(&input);
    faults.0.extend(draft(&input, (entry_from, entry_until), currency, fee).faults());
    faults.shared_caps(&input);
    let slug = faults.slug(input.slug.as_deref());
    let zones = faults.zones(input.zones, &input.ticket_types, held);
    let ticket_types = faults.ticket_types(input.ticket_types, &zones, currency, held);
    let description = input.description.replace("\r\n", "\n").trim().to_owned();
    if !faults.0.is_empty() {
        return Err(faults.0);
    }
    Ok(Plan {
        title: input.title.trim().to_owned(),
        slug,
        description,
        starts_at: input.starts_at,
        ends_at: input.ends_at,
        entry_from,
        entry_until,
        currency,
        fee,
        terms: input.terms,
        zones,
        ticket_types,
    })
}

/// The part that the domain judges.
fn draft(
    input: &EventInput,
    (entry_from, entry_until): (DateTime<Utc>, DateTime<Utc>),
    currency: Currency,
    fee: ServiceFee,
) -> EventDraft<'_> {
    let ticket_types = input.ticket_types.iter().map(|each| TicketTypeDraft {
        name: &each.name,
        price_minor: each.price.minor(),
        capacity: each.capacity,
        min_per_order: each.min_per_order,
        max_per_order: each.max_per_order,
        sale_from: each.sale_from,
        sale_until: each.sale_until,
        terms: &each.terms,
    });
    EventDraft {
        title: &input.title,
        description: &input.description,
        starts_at: input.starts_at,
        ends_at: input.ends_at,
        entry_from,
        entry_until,
        currency,
        fee,
        terms: &input.terms,
        ticket_types: ticket_types.collect(),
    }
}

#[derive(Default)]
struct Faults(Vec<FieldFault>);

impl Faults {
    fn add(&mut self, field: impl Into<String>, code: &'static str) {
        let field = field.into();
        if !self.0.iter().any(|fault| fault.field == field) {
            self.0.push(FieldFault { field, code });
        }
    }

    fn slug(&mut self, asked: Option<&str>) -> Option<Slug> {
        let asked = asked.map(str::trim).filter(|slug| !slug.is_empty())?;
        let slug = asked.parse().ok();
        if slug.is_none() {
            self.add("slug", "invalid");
        }
        slug
    }

    /// Every shared limit is one, and every one that a ticket type names is the event's.
    fn shared_caps(&mut self, input: &EventInput) {
        let caps = &input.terms.shared_caps;
        for (index, cap) in caps.iter().enumerate() {
            if caps.iter().take(index).any(|other| other.id == cap.id) {
                self.add(format!("shared_caps[{index}].id"), "duplicate");
            }
        }
        for (index, each) in input.ticket_types.iter().enumerate() {
            let known = |id: &SharedCapId| input.terms.shared_caps.iter().any(|cap| cap.id == *id);
            if !each.terms.shared_cap.as_ref().is_none_or(known) {
                self.add(format!("ticket_types[{index}].shared_cap"), "unknown");
            }
        }
    }

    fn currency(&mut self, input: &EventInput) -> Currency {
        let of_prices = input.ticket_types.first().map_or(Currency::Eur, |first| first.price.currency());
        match input.currency.as_deref().map(str::parse) {
            None => of_prices,
            Some(Ok(currency)) => currency,
            Some(Err(_)) => {
                self.add("currency", "unknown");
                of_prices
            }
        }
    }

    /// The zones entered, or else those that are meant ([`Held::implied`]); one without an id is the one of its name. After
    /// them those of the extras that name none: the first zone has the main door.
    fn zones(
        &mut self,
        entered: Option<Vec<ZoneInput>>,
        ticket_types: &[TicketTypeInput],
        held: &Held,
    ) -> Vec<ZonePlan> {
        let explicit = entered.is_some();
        let entered = entered.unwrap_or_else(|| held.implied(ticket_types));
        let claimed: Vec<Uuid> = entered.iter().filter_map(|zone| zone.id).collect();
        let mut zones: Vec<ZonePlan> = Vec::new();
        for (index, zone) in entered.into_iter().enumerate() {
            let (name, field) = (zone.name.trim().to_owned(), format!("zones[{index}]"));
            let repeated = zones.iter().any(|other| same(&other.name, &name));
            match (name.chars().count(), repeated) {
                (0, _) => self.add(field + ".name", "required"),
                (TOO_LONG_ZONE.., _) => self.add(field + ".name", "too_long"),
                (_, true) if explicit => self.add(field + ".name", "duplicate"),
                (_, true) => {}
                _ if zone.id.is_some_and(|id| !held.has_zone(id)) => self.add(field + ".id", "unknown"),
                _ => {
                    let id = zone.id.or_else(|| held.zone_named(&name, &claimed));
                    zones.push(ZonePlan { id, name });
                }
            }
        }
        if zones.is_empty() {
            zones.push(ZonePlan { id: None, name: ONLY_ZONE.to_owned() });
        }
        for each in ticket_types {
            let Some(own) = own_zone(each).filter(|_| stays(each, &zones, held).is_none()) else { continue };
            if !zones.iter().any(|zone| same(&zone.name, own)) {
                zones.push(ZonePlan { id: held.zone_named(own, &claimed), name: own.to_owned() });
            }
        }
        self.check_zones(&zones, held);
        zones
    }

    fn check_zones(&mut self, zones: &[ZonePlan], held: &Held) {
        if zones.len() > MOST_ZONES {
            self.add("zones", "out_of_range");
        }
        // Tickets stay good for the zone they were issued for: its door stays, too.
        let gone = |zone: &HeldZone| zone.used && !zones.iter().any(|kept| kept.id == Some(zone.id));
        if held.on_sale && held.zones.iter().any(gone) {
            self.add("zones", "in_use");
        }
    }

    fn ticket_types(
        &mut self,
        entered: Vec<TicketTypeInput>,
        zones: &[ZonePlan],
        currency: Currency,
        held: &Held,
    ) -> Vec<TicketTypePlan> {
        let mut planned: Vec<TicketTypePlan> = Vec::new();
        let mut opened = Vec::with_capacity(entered.len());
        for (index, mut each) in entered.into_iter().enumerate() {
            let path = |field: &str| format!("ticket_types[{index}].{field}");
            if each.price.currency() != currency {
                self.add(path("price"), "currency_mismatch");
            }
            for text in [&mut each.name, &mut each.description, &mut each.attention] {
                *text = text.trim().to_owned();
            }
            for (field, text) in [("description", &each.description), ("attention", &each.attention)] {
                if text.chars().count() > LONGEST_NOTE {
                    self.add(path(field), "too_long");
                }
            }
            if planned.iter().any(|other| same(&other.input.name, &each.name)) {
                self.add(path("name"), "duplicate");
            }
            let before = held.ticket_type(&each);
            if each.id.is_some() && before.is_none() {
                self.add(path("id"), "unknown");
            }
            let zone = zone_of(&each, zones, held);
            match zone {
                None => self.add(path("zone"), "unknown"),
                // Tickets of it are out, and they are good for the zone they were issued for.
                Some(zone)
                    if held.on_sale && before.is_some_and(|kept| zones[zone].id != Some(kept.zone)) =>
                {
                    self.add(path("zone"), "fixed");
                }
                Some(_) => {}
            }
            opened.push((each.terms.kind, zone));
            planned.push(TicketTypePlan { input: each, zone: zone.unwrap_or(0) });
        }
        self.extras(&opened);
        planned
    }

    /// The door asks for the zone and not for the kind: an extra good where an entry is good would be an entry.
    fn extras(&mut self, opened: &[(TicketKind, Option<usize>)]) {
        for (index, (kind, zone)) in opened.iter().enumerate() {
            let lets_in = zone.is_some() && opened.contains(&(TicketKind::Entry, *zone));
            if *kind == TicketKind::AddOn && lets_in {
                self.add(format!("ticket_types[{index}].zone"), "entry_zone");
            }
        }
    }
}

/// Which of the zones a ticket type opens. Without a name it is the one it opens already, the extra's own, the club itself, or
/// else the first.
fn zone_of(each: &TicketTypeInput, zones: &[ZonePlan], held: &Held) -> Option<usize> {
    let place = |name: &str| zones.iter().position(|zone| same(&zone.name, name));
    match named_zone(each) {
        Some(name) => place(name),
        None => stays(each, zones, held)
            .or_else(|| own_zone(each).and_then(place))
            .or_else(|| place(ONLY_ZONE))
            .or(Some(0)),
    }
}

/// The zone that a ticket type opens already, for one that names none.
fn stays(each: &TicketTypeInput, zones: &[ZonePlan], held: &Held) -> Option<usize> {
    let before = held.ticket_type(each).filter(|_| named_zone(each).is_none())?;
    zones.iter().position(|zone| zone.id == Some(before.zone))
}

#[cfg(test)]
mod tests;
