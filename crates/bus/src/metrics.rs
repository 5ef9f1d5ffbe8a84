//! What an operator watches: is the outbox draining, are consumers keeping up, did anything die?

use std::sync::LazyLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram};

pub(crate) struct Metrics {
    pub published: Counter<u64>,
    pub handled: Counter<u64>,
    pub failed: Counter<u64>,
    pub dead: Counter<u64>,
    pub resent: Counter<u64>,
    pub waiting: Gauge<u64>,
    pub oldest: Gauge<f64>,
    pub open_letters: Gauge<u64>,
    pub pool_waiting: Gauge<u64>,
    pub parked: Counter<u64>,
    pub missing: Gauge<u64>,
    pub reconcile_failed: Counter<u64>,
    pub delay: Histogram<f64>,
}

pub(crate) static METRICS: LazyLock<Metrics> = LazyLock::new(|| {
    let meter = telemetry::meter();
    Metrics {
        published: meter
            .u64_counter("bus_published")
            .with_description("Messages that NATS has acknowledged")
            .build(),
        handled: meter
            .u64_counter("bus_handled")
            .with_description("Messages whose effect has been committed")
            .build(),
        failed: meter
            .u64_counter("bus_failed")
            .with_description("Tries to handle a message that failed")
            .build(),
        dead: meter.u64_counter("bus_dead_letters").with_description("Messages given up").build(),
        resent: meter
            .u64_counter("bus_resent")
            .with_description("Messages sent again because NATS lost them")
            .build(),
        waiting: meter
            .u64_gauge("bus_outbox_waiting")
            .with_description("Messages not yet acknowledged by NATS")
            .build(),
        oldest: meter
            .f64_gauge("bus_outbox_oldest_seconds")
            .with_description("How long the oldest message has waited for NATS")
            .build(),
        open_letters: meter
            .u64_gauge("bus_dead_letters_open")
            .with_description("Messages given up and not replayed since")
            .build(),
        pool_waiting: meter
            .u64_gauge("db_pool_waiting")
            .with_description("Callers that wait for a connection to the database")
            .build(),
        parked: meter
            .u64_counter("bus_parked")
            .with_description("Messages of ours that NATS can never take")
            .build(),
        missing: meter
            .u64_gauge("bus_missing")
            .with_description("What the last comparison with the owner found missing here")
            .build(),
        reconcile_failed: meter
            .u64_counter("bus_reconcile_failed")
            .with_description("Comparisons with an owner that failed")
            .build(),
        delay: meter
            .f64_histogram("bus_delay_seconds")
            .with_description("From publishing to the committed effect")
            .with_boundaries(vec![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0])
            .build(),
    }
});

pub(crate) fn label(key: &'static str, value: &str) -> [KeyValue; 1] {
    [KeyValue::new(key, value.to_owned())]
}
