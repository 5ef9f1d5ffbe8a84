//! One meter provider per process, read as Prometheus text.
//!
//! It lives in a static because instruments are made in many crates, and because a test process
//! that never called [`crate::start`] must be able to count as well.

use std::sync::OnceLock;

use opentelemetry::metrics::{Meter, MeterProvider as _};
use opentelemetry_sdk::{Resource, metrics::SdkMeterProvider};
use prometheus::{Registry, TextEncoder};

struct Metrics {
    registry: Registry,
    provider: SdkMeterProvider,
}

static METRICS: OnceLock<Metrics> = OnceLock::new();

/// The service's meter: make counters and histograms from it, once, and keep them.
pub fn meter() -> Meter {
    metrics("unnamed").provider.meter("maguey")
}

/// Everything counted so far, in Prometheus' text format.
pub fn metrics_text() -> String {
    let families = metrics("unnamed").registry.gather();
    TextEncoder::new().encode_to_string(&families).unwrap_or_else(|error| {
        tracing::error!(%error, "the metrics could not be written as text");
        String::new()
    })
}

/// Names the service in the metrics; the first caller wins.
pub(crate) fn begin(service: &'static str) {
    metrics(service);
}

fn metrics(service: &'static str) -> &'static Metrics {
    METRICS.get_or_init(|| {
        let registry = Registry::new();
        let resource = Resource::builder().with_service_name(service).build();
        let mut builder = SdkMeterProvider::builder().with_resource(resource);
        // Two exporters on one fresh registry would be the only reason to fail.
        match opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .scope_info_enabled(false)
            .build()
        {
            Ok(exporter) => builder = builder.with_reader(exporter),
            Err(error) => tracing::error!(%error, "metrics are off: the Prometheus exporter did not start"),
        }
        Metrics { registry, provider: builder.build() }
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_counter_is_read_as_prometheus_text() {
        let counter = super::meter().u64_counter("maguey_doors_opened").build();
        counter.add(3, &[opentelemetry::KeyValue::new("zone", "club")]);
        let text = super::metrics_text();
        assert!(text.contains(r#"maguey_doors_opened_total{zone="club""#), "{text}");
    }
}
