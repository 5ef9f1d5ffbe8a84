//! What the environment says about logs and traces.

use settings::Reader;

/// How much is logged and where traces go.
#[derive(Debug, Clone, PartialEq)]
pub struct TelemetrySettings {
    /// A `tracing` filter such as `info` or `info,bus=debug`.
    pub log_filter: String,
    /// The collector's base URL. None: traces are propagated, but not exported.
    pub otlp_endpoint: Option<String>,
    /// Which part of the traces that start here is kept, 0.0 to 1.0. A trace that
    /// came in with a decision keeps that decision.
    pub sample_ratio: f64,
}

impl Default for TelemetrySettings {
    fn default() -> Self {
        Self { log_filter: "info".to_owned(), otlp_endpoint: None, sample_ratio: 0.1 }
    }
}

impl TelemetrySettings {
    /// Reads `LOG_FILTER`, `OTEL_EXPORTER_OTLP_ENDPOINT` and `OTEL_TRACES_SAMPLER_ARG`.
    pub fn read(reader: &mut Reader) -> Self {
        Self {
            log_filter: reader.or(
                "LOG_FILTER",
                "info".to_owned(),
                "what is logged, as a tracing filter such as info or info,bus=debug",
            ),
            otlp_endpoint: reader.optional(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "base URL of the OpenTelemetry collector (OTLP over HTTP); without it traces are not exported",
            ),
            sample_ratio: reader.or(
                "OTEL_TRACES_SAMPLER_ARG",
                0.1,
                "part of the traces that start here and are kept, 0.0 to 1.0",
            ),
        }
    }
}
