//! What this service counts.

use std::sync::OnceLock;

use domain::admission::Reason;
use opentelemetry::{
    KeyValue,
    metrics::{Counter, Histogram},
};

/// The instruments.
#[derive(Debug)]
pub struct Metrics {
    scans: Counter<u64>,
    conflicts: Counter<u64>,
    contacts: Counter<u64>,
    pins_refused: Counter<u64>,
    codes_refused: Counter<u64>,
    erased: Counter<u64>,
    /// Scans that one statement recorded.
    pub batch_size: Histogram<u64>,
}

impl Metrics {
    /// Counts an answered scan. Repeats are not counted again.
    pub fn scan(&self, reason: Reason) {
        self.scans.add(1, &[KeyValue::new("reason", reason.code())]);
    }

    /// Counts an admission that should not have been, by its kind.
    pub fn conflict(&self, kind: &str) {
        self.conflicts.add(1, &[KeyValue::new("kind", kind.to_owned())]);
    }

    /// Counts a phone that says how it is.
    pub fn contact(&self, enrolled: bool) {
        self.contacts.add(1, &[KeyValue::new("enrolled", enrolled)]);
    }

    /// Counts a sign-in by PIN that was refused.
    pub fn pin_refused(&self, code: &'static str) {
        self.pins_refused.add(1, &[KeyValue::new("reason", code)]);
    }

    /// Counts a code that enrolled no phone.
    pub fn code_refused(&self) {
        self.codes_refused.add(1, &[]);
    }

    /// Counts what was erased because it had been kept long enough: `photo`, `ban`, `incident`, `id_check`,
    /// `birth_date`, or because a guest asked to be forgotten: `guest`, by tickets.
    pub fn erased(&self, what: &'static str, count: usize) {
        self.erased.add(u64::try_from(count).unwrap_or(u64::MAX), &[KeyValue::new("what", what)]);
    }
}

/// The instruments of this process.
pub fn get() -> &'static Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    METRICS.get_or_init(|| {
        let meter = telemetry::meter();
        Metrics {
            scans: meter.u64_counter("maguey_scans").with_description("Scans answered, by reason").build(),
            conflicts: meter
                .u64_counter("maguey_scan_conflicts")
                .with_description("Admissions by phones without a network that should not have been, by kind")
                .build(),
            contacts: meter
                .u64_counter("maguey_door_contacts")
                .with_description("Phones that said how they are")
                .build(),
            pins_refused: meter
                .u64_counter("maguey_pins_refused")
                .with_description("Sign-ins by PIN that were refused, by reason")
                .build(),
            codes_refused: meter
                .u64_counter("maguey_enrolments_refused")
                .with_description("Codes that enrolled no phone")
                .build(),
            erased: meter
                .u64_counter("maguey_door_erased")
                .with_description("What was erased because it had been kept long enough")
                .build(),
            batch_size: meter
                .u64_histogram("maguey_scan_batch_size")
                .with_description("Scans recorded by one statement")
                .with_boundaries(vec![1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
                .build(),
        }
    })
}
