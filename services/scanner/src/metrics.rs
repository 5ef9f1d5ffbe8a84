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
    erased: Counter<u64>,
    /// Scans that one statement recorded.
    pub batch_size: Histogram<u64>,
}

impl Metrics {
    /// Counts an answered scan. Repeats are not counted again.
    pub fn scan(&self, reason: Reason) {
        self.scans.add(1, &[KeyValue::new("reason", reason.code())]);
    }

    /// Counts what was erased because it had been kept long enough: `photo`, `ban`, `incident`.
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
