//! From what was entered to what may be stored. Pure: every fault is found at once, each by its field.

use chrono::{DateTime, TimeDelta, Utc};
use domain::event::Slug;
use domain::event::draft::{EventDraft, FieldFault, TicketTypeDraft};
use domain::event::terms::{EventTerms, TicketKind};
use domain::ids::SharedCapId;
use domain::money::Currency;
use domain::quote::ServiceFee;
use uuid::Uuid;

use crate::events::input::{EventInput, TicketTypeInput, ZoneInput};

/// Guests may come in before doors by this much, unless it is said otherwise.
const EARLY: TimeDelta = TimeDelta::minutes(30);
const MOST_ZONES: usize = 20;
/// Characters from which on a zone's name is too long.
const TOO_LONG_ZONE: usize = 81;
/// The zone of an event that names none.
const ONLY_ZONE: &str = "Club";
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

/// Checks everything. `known` are ids of zones and ticket types the event has already.
pub fn plan(input: EventInput, known: &[Uuid]) -> Result<Plan, Vec<FieldFault>> {
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
    let zones = faults.zones(input.zones, &input.ticket_types, known);
    let ticket_types = faults.ticket_types(input.ticket_types, &zones, currency, known);
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

    /// The zones entered; else those the ticket types name, where an entry without a zone means the club itself. After them
    /// those of the extras that name none: the first zone has the main door.
    fn zones(
        &mut self,
        entered: Option<Vec<ZoneInput>>,
        ticket_types: &[TicketTypeInput],
        known: &[Uuid],
    ) -> Vec<ZonePlan> {
        let named = || {
            let entry = |each: &TicketTypeInput| (each.terms.kind == TicketKind::Entry).then_some(ONLY_ZONE);
            let names = ticket_types.iter().filter_map(move |each| named_zone(each).or_else(|| entry(each)));
            names.map(|name| ZoneInput { id: None, name: name.to_owned() })
        };
        let mut zones: Vec<ZonePlan> = Vec::new();
        let explicit = entered.is_some();
        for (index, zone) in entered.unwrap_or_else(|| named().collect()).into_iter().enumerate() {
            let (name, field) = (zone.name.trim().to_owned(), format!("zones[{index}]"));
            let repeated = zones.iter().any(|other| same(&other.name, &name));
            match (name.chars().count(), repeated) {
                (0, _) => self.add(field + ".name", "required"),
                (TOO_LONG_ZONE.., _) => self.add(field + ".name", "too_long"),
                (_, true) if explicit => self.add(field + ".name", "duplicate"),
                (_, true) => {}
                _ if zone.id.is_some_and(|id| !known.contains(&id)) => self.add(field + ".id", "unknown"),
                _ => zones.push(ZonePlan { id: zone.id, name }),
            }
        }
        if zones.is_empty() {
            zones.push(ZonePlan { id: None, name: ONLY_ZONE.to_owned() });
        }
        for extra in ticket_types.iter().filter_map(own_zone) {
            if !zones.iter().any(|zone| same(&zone.name, extra)) {
                zones.push(ZonePlan { id: None, name: extra.to_owned() });
            }
        }
        if zones.len() > MOST_ZONES {
            self.add("zones", "out_of_range");
        }
        zones
    }

    fn ticket_types(
        &mut self,
        entered: Vec<TicketTypeInput>,
        zones: &[ZonePlan],
        currency: Currency,
        known: &[Uuid],
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
            if each.id.is_some_and(|id| !known.contains(&id)) {
                self.add(path("id"), "unknown");
            }
            // Without a name it is the extra's own, or the club itself, or else the first zone entered.
            let place = |name: &str| zones.iter().position(|zone| same(&zone.name, name));
            let named = named_zone(&each).or_else(|| own_zone(&each));
            let zone = named.map_or_else(|| place(ONLY_ZONE).or(Some(0)), place);
            if zone.is_none() {
                self.add(path("zone"), "unknown");
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

fn named_zone(ticket_type: &TicketTypeInput) -> Option<&str> {
    ticket_type.zone.as_deref().map(str::trim).filter(|name| !name.is_empty())
}

/// The zone of an extra that names none: a place of its own, called as it is.
fn own_zone(ticket_type: &TicketTypeInput) -> Option<&str> {
    let own = ticket_type.terms.kind == TicketKind::AddOn && named_zone(ticket_type).is_none();
    own.then(|| ticket_type.name.trim()).filter(|name| !name.is_empty())
}

/// Whether two names would be one to a reader.
fn same(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::plan;
    use crate::events::input::EventInput;
    use serde_json::{Value, json};

    fn input(change: impl FnOnce(&mut Value)) -> EventInput {
        let mut json = json!({
            "title": " Agave Nights ",
            "starts_at": "2026-11-27T22:00:00Z",
            "ends_at": "2026-11-28T05:00:00Z",
            "ticket_types": [
                {"name": "Early bird", "price": {"minor": 1500, "currency": "EUR"}, "capacity": 120},
                {"name": "Deck", "price": {"minor": 4000, "currency": "EUR"}, "capacity": 40, "zone": "VIP deck"}
            ]
        });
        change(&mut json);
        serde_json::from_value(json).expect("an event")
    }

    #[test]
    fn what_is_left_out_is_filled_in() {
        let plan = plan(input(|_| {}), &[]).expect("no faults");
        assert_eq!(plan.title, "Agave Nights");
        assert_eq!((plan.starts_at - plan.entry_from).num_minutes(), 30);
        assert_eq!(plan.entry_until, plan.ends_at);
        let zones: Vec<_> = plan.zones.iter().map(|zone| zone.name.as_str()).collect();
        assert_eq!(zones, ["Club", "VIP deck"]);
        assert_eq!(plan.ticket_types.iter().map(|each| each.zone).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(plan.ticket_types[0].input.max_per_order, 10);
    }

    fn coat_check(zone: Option<&str>) -> Value {
        json!({"name": "Coat check", "price": {"minor": 300, "currency": "EUR"}, "capacity": 200, "zone": zone,
               "terms": {"kind": "add_on"}})
    }

    #[test]
    fn an_extra_without_a_zone_has_one_of_its_own_behind_the_main_door_s() {
        for zones in [Value::Null, json!([{"name": "Club"}, {"name": "VIP deck"}])] {
            let plan = plan(
                input(|json| {
                    json["zones"] = zones;
                    json["ticket_types"].as_array_mut().expect("types").insert(0, coat_check(None));
                }),
                &[],
            )
            .expect("no faults");
            let zones: Vec<_> = plan.zones.iter().map(|zone| zone.name.as_str()).collect();
            assert_eq!(zones, ["Club", "VIP deck", "Coat check"]);
            assert_eq!(plan.ticket_types.iter().map(|each| each.zone).collect::<Vec<_>>(), [2, 0, 1]);
        }
    }

    #[test]
    fn an_extra_where_an_entry_goes_in_is_refused() {
        for zone in ["Club", "vip DECK"] {
            let added = input(|json| {
                json["ticket_types"].as_array_mut().expect("types").push(coat_check(Some(zone)));
            });
            let faults = plan(added, &[]).expect_err("a cheap way in");
            let found: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
            assert_eq!(found, [("ticket_types[2].zone", "entry_zone")], "{zone}");
        }
        let named = input(|json| {
            let mut extra = coat_check(None);
            extra["name"] = json!("Club");
            json["ticket_types"].as_array_mut().expect("types").push(extra);
        });
        assert_eq!(plan(named, &[]).expect_err("its own zone is the club")[0].code, "entry_zone");
    }

    #[test]
    fn every_fault_is_named_with_its_field() {
        let faulty = input(|json| {
            json["slug"] = json!("No Slug");
            json["zones"] = json!([{"name": "Club"}, {"name": "club"}]);
            json["ticket_types"][1]["name"] = json!("EARLY BIRD");
            json["ticket_types"][1]["price"]["currency"] = json!("USD");
            json["ticket_types"][1]["id"] = json!("0199aa00-0000-7000-8000-000000000000");
        });
        let faults = plan(faulty, &[]).expect_err("faults");
        let mut found: Vec<_> =
            faults.iter().map(|fault| format!("{} {}", fault.field, fault.code)).collect();
        found.sort();
        assert_eq!(
            found,
            [
                "slug invalid",
                "ticket_types[1].id unknown",
                "ticket_types[1].name duplicate",
                "ticket_types[1].price currency_mismatch",
                "ticket_types[1].zone unknown",
                "zones[1].name duplicate",
            ]
        );
    }
}
