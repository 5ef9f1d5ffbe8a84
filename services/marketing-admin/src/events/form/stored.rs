//! The form of what is stored.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::money::Currency;

use super::Form;
use super::text::{LOCAL, decimal};
use crate::events::store::{Event, TicketTypeRow};

impl Form {
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
}
