//! One start, one stop.

use std::{io::Write, time::Duration};

use opentelemetry::{global, trace::TracerProvider as _};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, FilterFn},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{TelemetrySettings, json_log::JsonLog, metrics};

/// What export itself logs would be exported again, for ever.
const NO_FEEDBACK: &str = "opentelemetry=off,hyper=off,hyper_util=off,reqwest=off,h2=off,rustls=off";

/// The running telemetry. Keep it until the process ends, then [`Telemetry::shutdown`] it.
#[must_use = "dropping it early loses the last spans"]
#[derive(Debug)]
pub struct Telemetry {
    provider: SdkTracerProvider,
}

/// Starts logs, traces and metrics for this process.
///
/// A second start in one process (tests) keeps the first one's logs. A collector that cannot be
/// reached never stops a service from starting.
pub fn start(service: &'static str, settings: &TelemetrySettings) -> Telemetry {
    metrics::begin(service);
    global::set_text_map_propagator(TraceContextPropagator::new());
    let (provider, fault) = tracer_provider(service, settings);
    let (filter, filter_fault) = match EnvFilter::try_new(&settings.log_filter) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("info"), Some(error.to_string())),
    };
    let log = JsonLog::new(service, || Box::new(std::io::stdout()) as Box<dyn Write>);
    let first = subscriber(&provider, log, filter).try_init().is_ok();
    if first {
        log_panics();
    }
    if let Some(error) = fault {
        tracing::error!(error, "traces are not exported");
    }
    if let Some(error) = filter_fault {
        tracing::warn!(error, "LOG_FILTER is not a filter; logging at info");
    }
    Telemetry { provider }
}

impl Telemetry {
    /// Sends what is left and stops. Waits a few seconds at most; call it last.
    pub fn shutdown(self) {
        // The exporter is a blocking client on a thread of its own: joined from a thread
        // that belongs to no runtime, it can neither panic nor starve one.
        let provider = self.provider;
        let stopped =
            std::thread::spawn(move || provider.shutdown_with_timeout(Duration::from_secs(5))).join();
        match stopped {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last traces may be lost"),
            Err(_) => tracing::warn!("the trace exporter panicked while stopping"),
        }
    }
}

/// Spans for the exporter and lines for the log, each with a filter of its own: a quiet log still has whole traces.
pub(crate) fn subscriber<W>(
    provider: &SdkTracerProvider,
    log: JsonLog<W>,
    filter: EnvFilter,
) -> impl tracing::Subscriber + Send + Sync
where
    W: Fn() -> Box<dyn Write> + Send + Sync + 'static,
{
    let spans = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("maguey"))
        .with_filter(EnvFilter::new(format!("info,{NO_FEEDBACK}")));
    // The log sees every span that is exported, because a span filtered out takes its request id with it.
    let spans_too = FilterFn::new(|metadata| metadata.is_span() && *metadata.level() <= tracing::Level::INFO);
    let log = log.with_filter(spans_too.or(filter));
    tracing_subscriber::registry().with(spans).with(log)
}

pub(crate) fn tracer_provider(
    service: &'static str,
    settings: &TelemetrySettings,
) -> (SdkTracerProvider, Option<String>) {
    let root = Sampler::TraceIdRatioBased(settings.sample_ratio.clamp(0.0, 1.0));
    let mut builder = SdkTracerProvider::builder()
        .with_resource(Resource::builder().with_service_name(service).build())
        .with_sampler(Sampler::ParentBased(Box::new(root)));
    let mut fault = None;
    if let Some(endpoint) = &settings.otlp_endpoint {
        match exporter(endpoint) {
            Ok(exporter) => builder = builder.with_batch_exporter(exporter),
            Err(error) => fault = Some(error),
        }
    }
    (builder.build(), fault)
}

fn exporter(endpoint: &str) -> Result<SpanExporter, String> {
    let endpoint = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    // The blocking client makes a runtime of its own, which must not happen inside ours.
    let build = move || {
        SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .with_timeout(Duration::from_secs(5))
            .build()
            .map_err(|error| error.to_string())
    };
    std::thread::spawn(build)
        .join()
        .unwrap_or_else(|_| Err("the exporter panicked while starting".to_owned()))
}

/// A panic becomes a log line like any other. Only a text that stands in the program is written:
/// a formatted one may hold a guest's data, and the place says as much.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let text = panic.payload().downcast_ref::<&'static str>().unwrap_or(&"(formatted text left out)");
        tracing::error!(place, panic = text, "a thread panicked");
    }));
}
