//! From the form's fields to an [`EventInput`].

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::event::draft::FieldFault;
use domain::event::terms::EventTerms;
use domain::money::{Currency, Money};
use domain::quote::ServiceFee;

use super::Form;
use super::text::{instant, minor};
use crate::events::input::{EventInput, TicketTypeInput, ZoneInput};

/// Reads fields, noting what can't be read.
pub(super) struct Reading<'a> {
    pub(super) form: &'a Form,
    zone: Tz,
    faults: Vec<FieldFault>,
}

impl<'a> Reading<'a> {
    /// The event as the form says it, and what can't be read of it.
    pub(super) fn of(form: &'a Form, zone: Tz) -> (Option<EventInput>, Vec<FieldFault>) {
        let mut reading = Self { form, zone, faults: Vec::new() };
        let input = reading.event();
        (input, reading.faults)
    }

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
