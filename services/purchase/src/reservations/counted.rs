//! How often reservations changed, by what changed them. Counted where the others are told of it, in the transaction: one that is rolled
//! back and tried again counts twice, so the figure is for watching and not for the books.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;

/// Counts a change by its code: `made`, `confirm`, `expire`, `cancel`, `check_in`, `release` and what the desk does.
pub(super) fn change(code: &str) {
    static CHANGES: OnceLock<Counter<u64>> = OnceLock::new();
    let changes = CHANGES.get_or_init(|| {
        telemetry::meter()
            .u64_counter("purchase_reservation_changes")
            .with_description("Changes of reservations of tables, by what changed them")
            .build()
    });
    changes.add(1, &[KeyValue::new("change", code.to_owned())]);
}
