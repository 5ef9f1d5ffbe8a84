//! The event form: from what a person typed to an [`EventInput`], and back with everything kept and each fault beside
//! its field. Field names are the paths of the JSON, so that faults find their place by themselves.

mod terms;

pub use terms::HOURS;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use domain::event::draft::FieldFault;
use domain::event::terms::EventTerms;
use domain::money::{Currency, Money};
use domain::quote::ServiceFee;
use web::Fault;

use crate::events::input::{EventInput, TicketTypeInput, ZoneInput};
use crate::events::store::{Event, TicketTypeRow};

/// What `<input type="datetime-local">` speaks.
pub(crate) const LOCAL: &str = "%Y-%m-%dT%H:%M";
const MOST_ROWS: usize = 60;

/// Names and texts of the fields, and what is wrong with them.
#[derive(Debug, Default)]
pub struct Form {
    values: HashMap<String, String>,
    faults: HashMap<String, String>,
    /// Rows of ticket types shown.
    pub ticket_rows: Vec<String>,
    /// Rows of zones shown.
    pub zone_rows: Vec<String>,
    /// Rows of shared limits shown.
    pub cap_rows: Vec<String>,
}

impl Form {
    /// An empty form with one row of each kind.
    pub fn empty() -> Self {
        let mut form = Self::default();
        form.set("zones[0].name", "Club");
        form.count_rows();
        form
    }

    /// What was sent.
    pub fn sent(values: HashMap<String, String>) -> Self {
        let mut form = Self { values, ..Self::default() };
        form.count_rows();
        form
    }

    /// What is stored.
    pub fn of(event: &Event) -> Self {
        let mut form = Self::default();
        let row = &event.row;
        let zone: Tz = row.time_zone.parse().unwrap_or(Tz::UTC);
        let exponent = row.currency.parse::<Currency>().map_or(2, Currency::exponent);
        let local = |at: DateTime<Utc>| at.with_timezone(&zone).format(LOCAL).to_string();
        form.set("revision", &row.revision.to_string());
        form.set("title", &row.title);
        form.set("slug", &row.slug);
        form.set("description", &row.description);
        form.set("venue", &row.venue_id.to_string());
        form.set("currency", &row.currency);
        form.set("fee.fixed_minor", &decimal(row.fee_fixed_minor, exponent));
        form.set("fee.basis_points", &decimal(row.fee_basis_points, 2));
        form.set_checked("fee.absorbed", row.fee_absorbed);
        form.set_terms(&row.terms(), row.starts_at);
        for (name, at) in [
            ("starts_at", row.starts_at),
            ("ends_at", row.ends_at),
            ("entry_from", row.entry_from),
            ("entry_until", row.entry_until),
        ] {
            form.set(name, &local(at));
        }
        for (index, each) in event.zones.iter().enumerate() {
            form.set(&format!("zones[{index}].id"), &each.id.to_string());
            form.set(&format!("zones[{index}].name"), &each.name);
        }
        for (index, each) in event.ticket_types.iter().enumerate() {
            form.set_ticket_type(index, each, event, exponent, &local);
        }
        form.count_rows();
        form
    }

    fn set_ticket_type(
        &mut self,
        index: usize,
        row: &TicketTypeRow,
        event: &Event,
        exponent: u32,
        local: &dyn Fn(DateTime<Utc>) -> String,
    ) {
        let zone = event.zones.iter().find(|zone| zone.id == row.zone_id).map(|zone| zone.name.as_str());
        self.set_type_terms(index, &row.terms(), &event.row.terms(), exponent, local);
        for (field, value) in [
            ("id", row.id.to_string()),
            ("name", row.name.clone()),
            ("description", row.description.clone()),
            ("price", decimal(row.price_minor, exponent)),
            ("capacity", row.capacity.to_string()),
            ("min_per_order", row.min_per_order.to_string()),
            ("max_per_order", row.max_per_order.to_string()),
            ("sale_from", row.sale_from.map(local).unwrap_or_default()),
            ("sale_until", row.sale_until.map(local).unwrap_or_default()),
            ("zone", zone.unwrap_or_default().to_owned()),
            ("attention", row.attention.clone()),
        ] {
            self.set(&format!("ticket_types[{index}].{field}"), &value);
        }
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
    }

    /// Rows that were sent, in their order, and at least one.
    fn count_rows(&mut self) {
        let rows = |list: &str| -> Vec<String> {
            let mut found: Vec<usize> = self
                .values
                .keys()
                .filter_map(|name| {
                    name.strip_prefix(list)?.strip_prefix('[')?.split_once(']')?.0.parse().ok()
                })
                .filter(|index| *index < MOST_ROWS)
                .collect();
            found.sort_unstable();
            found.dedup();
            found.into_iter().map(|index| index.to_string()).collect()
        };
        let (tickets, zones) = (rows("ticket_types"), rows("zones"));
        let or_one = |rows: Vec<String>| if rows.is_empty() { vec!["0".to_owned()] } else { rows };
        (self.ticket_rows, self.zone_rows) = (or_one(tickets), or_one(zones));
        self.cap_rows = or_one(rows("shared_caps"));
    }

    /// One more row of a list: the way of the form without a script.
    pub fn add_row(&mut self, list: &str) {
        let rows = match list {
            "zones" => &mut self.zone_rows,
            "shared_caps" => &mut self.cap_rows,
            _ => &mut self.ticket_rows,
        };
        let next = rows.iter().filter_map(|row| row.parse::<usize>().ok()).max().map_or(0, |last| last + 1);
        if next < MOST_ROWS {
            rows.push(next.to_string());
        }
    }

    /// A field's text.
    pub fn value(&self, name: impl AsRef<str>) -> String {
        self.values.get(name.as_ref()).cloned().unwrap_or_default()
    }

    /// A field's text, or what stands there at first.
    pub fn value_or(&self, name: impl AsRef<str>, default: &str) -> String {
        self.values.get(name.as_ref()).cloned().unwrap_or_else(|| default.to_owned())
    }

    /// A field of a row.
    pub fn path(&self, list: &str, row: &str, field: &str) -> String {
        format!("{list}[{row}].{field}")
    }

    /// What a field of a ticket type can be: the names in the rows of `list`, and what it is, should no row have that name.
    pub fn choices(&self, list: &str, row: &str, field: &str) -> Vec<String> {
        let rows = if list == "zones" { &self.zone_rows } else { &self.cap_rows };
        let chosen = self.value(self.path("ticket_types", row, field));
        let mut names: Vec<String> = Vec::with_capacity(rows.len());
        for name in rows.iter().map(|row| self.value(self.path(list, row, "name"))).chain([chosen]) {
            let name = name.trim();
            if !name.is_empty() && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// What is wrong with a field, as a code; empty for nothing.
    pub fn fault(&self, name: &str) -> String {
        self.faults.get(name).cloned().unwrap_or_default()
    }

    /// Whether anything is wrong.
    pub fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Takes over the faults of the use-case. Its list indices count the rows that were not skipped.
    pub fn take_faults(&mut self, fault: &Fault) {
        for problem in fault.fields() {
            let name = self.row_name(&problem.field);
            self.faults.entry(name).or_insert_with(|| problem.code.clone());
        }
    }

    fn take_own(&mut self, faults: Vec<FieldFault>) {
        for fault in faults {
            self.faults.entry(fault.field).or_insert_with(|| fault.code.to_owned());
        }
    }

    /// `ticket_types[1].name` of the input may be row 3 of the form.
    fn row_name(&self, field: &str) -> String {
        let place = || -> Option<String> {
            let (list, rest) = field.split_once('[')?;
            let (index, rest) = rest.split_once(']')?;
            let index: usize = index.parse().ok()?;
            let row = self.filled(list).nth(index)?.to_owned();
            Some(format!("{list}[{row}]{rest}"))
        };
        place().unwrap_or_else(|| field.to_owned())
    }

    /// Rows of a list in which anything is said and that are not to be removed.
    pub(super) fn filled<'a>(&'a self, list: &'a str) -> impl Iterator<Item = &'a str> {
        let rows = match list {
            "zones" => &self.zone_rows,
            "shared_caps" => &self.cap_rows,
            _ => &self.ticket_rows,
        };
        let says = move |row: &str| {
            let text = |field: &str| self.value(self.path(list, row, field));
            let kept = text("remove").is_empty();
            kept && ["id", "name", "price", "capacity"].iter().any(|field| !text(field).trim().is_empty())
        };
        rows.iter().map(String::as_str).filter(move |row| says(row))
    }

    /// The event as the form says it; on faults they stand in the form.
    pub fn input(&mut self, zone: Tz) -> Option<EventInput> {
        let mut reading = Reading { form: self, zone, faults: Vec::new() };
        let input = reading.event();
        let faults = reading.faults;
        self.take_own(faults);
        input.filter(|_| !self.has_faults())
    }
}

/// Reads fields, noting what can't be read.
pub(super) struct Reading<'a> {
    pub(super) form: &'a Form,
    zone: Tz,
    faults: Vec<FieldFault>,
}

impl Reading<'_> {
    fn event(&mut self) -> Option<EventInput> {
        let currency = self.currency();
        let (starts_at, ends_at) = (self.instant("starts_at", true), self.instant("ends_at", true));
        let (entry_from, entry_until) =
            (self.instant("entry_from", false), self.instant("entry_until", false));
        let fee = ServiceFee {
            fixed_minor: self.amount("fee.fixed_minor", currency.exponent(), false).unwrap_or(0),
            basis_points: self.amount("fee.basis_points", 2, false).unwrap_or(0),
            absorbed: self.checked("fee.absorbed"),
        };
        // Said here already, so that one look at the form shows all that is missing.
        if self.optional("title").is_none() {
            self.fault("title", "required");
        }
        let terms = self.event_terms(starts_at);
        let zones = self.zones();
        let ticket_types = self.ticket_types(currency, &terms);
        Some(EventInput {
            revision: self.form.value("revision").parse().ok(),
            title: self.form.value("title"),
            slug: self.optional("slug"),
            description: self.form.value("description"),
            starts_at: starts_at?,
            ends_at: ends_at?,
            entry_from,
            entry_until,
            venue: self.optional("venue"),
            currency: Some(currency.code().to_owned()),
            fee: Some(fee),
            terms,
            zones: (!zones.is_empty()).then_some(zones),
            ticket_types,
        })
    }

    pub(super) fn fault(&mut self, field: &str, code: &'static str) {
        self.faults.push(FieldFault { field: field.to_owned(), code });
    }

    pub(super) fn optional(&self, name: &str) -> Option<String> {
        Some(self.form.value(name).trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn currency(&mut self) -> Currency {
        match self.optional("currency").map(|code| code.parse()) {
            None => Currency::Eur,
            Some(Ok(currency)) => currency,
            Some(Err(_)) => {
                self.fault("currency", "unknown");
                Currency::Eur
            }
        }
    }

    /// A time on the venue's clock.
    pub(super) fn instant(&mut self, name: &str, required: bool) -> Option<DateTime<Utc>> {
        let Some(text) = self.optional(name) else {
            if required {
                self.fault(name, "required");
            }
            return None;
        };
        let instant = instant(&text, self.zone);
        if instant.is_none() {
            self.fault(name, "invalid");
        }
        instant
    }

    /// `15`, `15.5` or `15,50` in the smallest unit.
    pub(super) fn amount(&mut self, name: &str, exponent: u32, required: bool) -> Option<i64> {
        let Some(text) = self.optional(name) else {
            if required {
                self.fault(name, "required");
            }
            return None;
        };
        let amount = minor(&text, exponent);
        if amount.is_none() {
            self.fault(name, "invalid");
        }
        amount
    }

    pub(super) fn whole(&mut self, name: &str, default: Option<i64>) -> Option<i64> {
        match (self.optional(name), default) {
            (None, Some(default)) => Some(default),
            (None, None) => {
                self.fault(name, "required");
                None
            }
            (Some(text), _) => {
                let number = text.parse().ok();
                if number.is_none() {
                    self.fault(name, "invalid");
                }
                number
            }
        }
    }

    fn zones(&mut self) -> Vec<ZoneInput> {
        let form = self.form;
        let zone = |row: &str| ZoneInput {
            id: form.value(form.path("zones", row, "id")).parse().ok(),
            name: form.value(form.path("zones", row, "name")),
        };
        form.filled("zones").map(zone).collect()
    }

    fn ticket_types(&mut self, currency: Currency, event: &EventTerms) -> Vec<TicketTypeInput> {
        let form = self.form;
        let mut read = Vec::new();
        for row in form.filled("ticket_types") {
            let path = |field: &str| form.path("ticket_types", row, field);
            let price = self.amount(&path("price"), currency.exponent(), true);
            let capacity = self.whole(&path("capacity"), None);
            read.push(TicketTypeInput {
                id: form.value(path("id")).parse().ok(),
                name: form.value(path("name")),
                description: form.value(path("description")),
                price: Money::new(price.unwrap_or(0), currency),
                capacity: capacity.unwrap_or(0),
                min_per_order: self.whole(&path("min_per_order"), Some(1)).unwrap_or(1),
                max_per_order: self.whole(&path("max_per_order"), Some(10)).unwrap_or(10),
                sale_from: self.instant(&path("sale_from"), false),
                sale_until: self.instant(&path("sale_until"), false),
                zone: self.optional(&path("zone")),
                attention: form.value(path("attention")),
                terms: self.type_terms(row, currency, event),
            });
        }
        read
    }
}

/// A time on the venue's clock. Of an hour that comes twice the first is meant; one that is skipped is none.
pub(crate) fn instant(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let local = NaiveDateTime::parse_from_str(text.get(..16).unwrap_or(text), LOCAL).ok()?;
    zone.from_local_datetime(&local).earliest().map(|at| at.with_timezone(&Utc))
}

/// `15`, `15.5` or `15,50` in the smallest unit.
pub(crate) fn minor(text: &str, exponent: u32) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let places = exponent as usize;
    if whole.is_empty() || whole.len() > 12 || part.len() > places || !digits(whole) || !digits(part) {
        return None;
    }
    format!("{whole}{part:0<places$}").parse().ok()
}

pub(super) fn decimal(minor: i64, exponent: u32) -> String {
    let unit = 10_i64.pow(exponent);
    let places = exponent as usize;
    if exponent == 0 { minor.to_string() } else { format!("{}.{:0places$}", minor / unit, minor % unit) }
}

#[cfg(test)]
mod tests {
    use super::{Form, decimal, minor};
    use chrono_tz::Europe::Madrid;
    use std::collections::HashMap;

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for (text, expected) in
            [("15", Some(1500)), ("15.5", Some(1550)), ("15,50", Some(1550)), ("0", Some(0))]
        {
            assert_eq!(minor(text, 2), expected, "{text}");
        }
        for bad in ["", "-1", "1.505", "1e3", "1.2.3", "€5", "9999999999999"] {
            assert_eq!(minor(bad, 2), None, "{bad}");
        }
        assert_eq!(decimal(1505, 2), "15.05");
    }

    #[test]
    fn a_ticket_type_can_be_of_the_zones_in_the_form_and_keeps_the_one_it_has() {
        let fields = [
            ("zones[0].name", "Club"),
            ("zones[1].name", " Deck "),
            ("zones[2].name", ""),
            ("ticket_types[0].zone", "Cellar"),
            ("ticket_types[1].zone", "Deck"),
        ];
        let form = Form::sent(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect());
        assert_eq!(form.choices("zones", "0", "zone"), ["Club", "Deck", "Cellar"]);
        assert_eq!(form.choices("zones", "1", "zone"), ["Club", "Deck"]);
        assert!(form.choices("shared_caps", "0", "shared_cap").is_empty());
    }

    #[test]
    fn guests_give_back_until_so_many_hours_before_the_doors() {
        let typed = |hours: &str| {
            let fields = [
                ("title", "Agave"),
                ("starts_at", "2026-11-27T23:00"),
                ("ends_at", "2026-11-28T06:00"),
                ("ticket_types[0].name", "Early bird"),
                ("ticket_types[0].price", "15"),
                ("ticket_types[0].capacity", "120"),
                (super::HOURS, hours),
            ];
            Form::sent(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
        };
        let until = |hours: &str| {
            let input = typed(hours).input(Madrid).expect("no faults");
            input.terms.refunds.self_service_until.map(|at| at.to_rfc3339())
        };
        assert_eq!(until("48").as_deref(), Some("2026-11-25T22:00:00+00:00"));
        assert_eq!(until("0").as_deref(), Some("2026-11-27T22:00:00+00:00"));
        assert_eq!(until("2,33").as_deref(), Some("2026-11-27T19:40:00+00:00"));
        assert_eq!(until(" "), None);
        for (bad, code) in [("-1", "invalid"), ("soon", "invalid"), ("9000", "out_of_range")] {
            let mut form = typed(bad);
            assert!(form.input(Madrid).is_none(), "{bad}");
            assert_eq!(form.fault(super::HOURS), code, "{bad}");
        }
        // What is stored comes back as it was typed, to the minute.
        let doors: chrono::DateTime<chrono::Utc> = "2026-11-27T22:00:00Z".parse().expect("a time");
        for minutes in [0, 1, 59, 140, 2880, 500_000] {
            let mut form = Form::default();
            let mut terms = domain::event::terms::EventTerms::default();
            let stored = doors - chrono::TimeDelta::minutes(minutes);
            terms.refunds.self_service_until = Some(stored);
            form.set_terms(&terms, doors);
            let read = typed(&form.value(super::HOURS)).input(Madrid).expect("no faults");
            assert_eq!(read.terms.refunds.self_service_until, Some(stored), "{minutes}");
        }
    }

    #[test]
    fn times_are_the_venues_and_empty_rows_are_skipped() {
        let fields = [
            ("title", "Agave"),
            ("starts_at", "2026-11-27T23:00"),
            ("ends_at", "2026-11-28T06:00"),
            ("zones[0].name", "Club"),
            ("ticket_types[0].name", ""),
            ("ticket_types[2].name", "Early bird"),
            ("ticket_types[2].price", "15"),
            ("ticket_types[2].capacity", "many"),
        ];
        let values: HashMap<_, _> = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let mut form = Form::sent(values.clone());
        assert!(form.input(Madrid).is_none());
        assert_eq!(form.fault("ticket_types[2].capacity"), "invalid");

        let mut values = values;
        values.insert("ticket_types[2].capacity".to_owned(), "120".to_owned());
        let input = Form::sent(values).input(Madrid).expect("no faults");
        assert_eq!(input.starts_at.to_rfc3339(), "2026-11-27T22:00:00+00:00");
        assert_eq!(input.ticket_types.len(), 1);
    }
}
