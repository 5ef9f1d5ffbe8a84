//! The event form: from what a person typed to an [`EventInput`], and back with everything kept and each fault beside
//! its field. Field names are the paths of the JSON, so that faults find their place by themselves.

mod entries;
mod questions;
mod reading;
mod rows;
mod stored;
mod terms;
mod text;

use std::collections::HashMap;

use chrono_tz::Tz;
use domain::event::draft::FieldFault;
use web::Fault;

use crate::events::input::EventInput;
use reading::Reading;

pub use terms::{EXCHANGE_HOURS, HOURS};
pub(crate) use text::{LOCAL, instant, minor};

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
    /// Rows of questions shown.
    pub question_rows: Vec<String>,
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

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
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

    /// The event as the form says it; on faults they stand in the form.
    pub fn input(&mut self, zone: Tz) -> Option<EventInput> {
        let (input, faults) = Reading::of(self, zone);
        self.take_own(faults);
        input.filter(|_| !self.has_faults())
    }
}

#[cfg(test)]
mod tests {
    use super::Form;
    use chrono_tz::Europe::Madrid;
    use std::collections::HashMap;

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
                (super::EXCHANGE_HOURS, hours),
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
            assert_eq!(form.fault(super::EXCHANGE_HOURS), code, "{bad}");
        }
        // What is stored comes back as it was typed, to the minute.
        let doors: chrono::DateTime<chrono::Utc> = "2026-11-27T22:00:00Z".parse().expect("a time");
        for minutes in [0, 1, 59, 140, 2880, 500_000] {
            let mut form = Form::default();
            let mut terms = domain::event::terms::EventTerms::default();
            let stored = doors - chrono::TimeDelta::minutes(minutes);
            terms.refunds.self_service_until = Some(stored);
            terms.exchange_until = Some(stored);
            form.set_terms(&terms, doors);
            let read = typed(&form.value(super::HOURS)).input(Madrid).expect("no faults");
            assert_eq!(read.terms.refunds.self_service_until, Some(stored), "{minutes}");
            assert_eq!(form.value(super::EXCHANGE_HOURS), form.value(super::HOURS), "{minutes}");
            assert_eq!(read.terms.exchange_until, Some(stored), "{minutes}");
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
