//! One JSON object per line on standard output.
//!
//! Each line carries the service, the request id of the span it happened in, and the trace id, so
//! that a line, a trace and the reference on a guest's error page lead to each other. Only fields
//! named in the event are written; span fields other than these ids are not, which keeps personal
//! data out by construction.

use std::{fmt, io::Write, sync::OnceLock};

use opentelemetry::trace::TraceContextExt;
use serde_json::{Map, Value};
use tracing::{
    Dispatch, Event, Subscriber,
    dispatcher::WeakDispatch,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

/// Longer texts are cut: a hostile header must not fill the disk.
const LONGEST_TEXT: usize = 1024;

/// Writes events as JSON lines to `out` (standard output, or a buffer in a test).
pub(crate) struct JsonLog<W> {
    service: &'static str,
    out: W,
    /// While an event is handled the current dispatcher is hidden (it would recurse), and only it
    /// knows a span's trace.
    dispatch: OnceLock<WeakDispatch>,
}

impl<W> JsonLog<W> {
    pub(crate) fn new(service: &'static str, out: W) -> Self {
        Self { service, out, dispatch: OnceLock::new() }
    }
}

/// What a span contributes to the lines written in it.
#[derive(Default)]
struct Ids(Map<String, Value>);

impl<S, W> Layer<S> for JsonLog<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn() -> Box<dyn Write> + 'static,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        // A second registration would be of the same subscriber.
        let _ = self.dispatch.set(dispatch.downgrade());
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut ids = Ids::default();
        attributes.record(&mut OnlyIds(&mut ids.0));
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(ids);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(ids) = span.extensions_mut().get_mut::<Ids>()
        {
            values.record(&mut OnlyIds(&mut ids.0));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let mut line = Map::new();
        line.insert("time".into(), now().into());
        line.insert("level".into(), metadata.level().as_str().into());
        line.insert("service".into(), self.service.into());
        line.insert("target".into(), metadata.target().into());
        event.record(&mut Fields(&mut line));
        if let Some(scope) = context.event_scope(event) {
            for span in scope {
                if let Some(ids) = span.extensions().get::<Ids>() {
                    for (key, value) in &ids.0 {
                        line.entry(key.clone()).or_insert_with(|| value.clone());
                    }
                }
            }
        }
        if let Some(trace) = self.trace_of(event, &context) {
            line.insert("trace_id".into(), trace.into());
        }
        let mut text = Value::Object(line).to_string();
        text.push('\n');
        // There is nowhere to report that the log itself cannot be written.
        let _ = (self.out)().write_all(text.as_bytes());
    }
}

impl<W> JsonLog<W> {
    fn trace_of<S>(&self, event: &Event<'_>, context: &Context<'_, S>) -> Option<String>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let span = context.event_span(event)?.id();
        let otel = tracing_opentelemetry::get_otel_context(&span, &self.dispatch.get()?.upgrade()?)?;
        let id = otel.span().span_context().trace_id();
        (id != opentelemetry::TraceId::INVALID).then(|| id.to_string())
    }
}

fn now() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "a log line tells the real time, whatever a test's clock says"
    )]
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// Takes every field of an event.
struct Fields<'a>(&'a mut Map<String, Value>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), cut(format!("{value:?}")).into());
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), cut(value.to_owned()).into());
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

/// Takes the ids of a span and nothing else.
struct OnlyIds<'a>(&'a mut Map<String, Value>);

impl OnlyIds<'_> {
    fn wanted(field: &Field) -> bool {
        matches!(field.name(), "request_id" | "message_id" | "http.route")
    }
}

impl Visit for OnlyIds<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if Self::wanted(field) {
            self.0.insert(field.name().to_owned(), cut(format!("{value:?}")).into());
        }
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        if Self::wanted(field) {
            self.0.insert(field.name().to_owned(), cut(value.to_owned()).into());
        }
    }
}

fn cut(mut text: String) -> String {
    if text.len() > LONGEST_TEXT {
        let end = (0..=LONGEST_TEXT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn lines(act: impl FnOnce()) -> Vec<Value> {
        let buffer = Buffer::default();
        let out = buffer.clone();
        let settings = crate::TelemetrySettings::default();
        let (provider, _) = crate::start::tracer_provider("purchase", &settings);
        let log = JsonLog::new("purchase", move || Box::new(out.clone()) as Box<dyn Write>);
        let subscriber = crate::start::subscriber(&provider, log, tracing_subscriber::EnvFilter::new("info"));
        tracing::subscriber::with_default(subscriber, act);
        let bytes = buffer.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_line_carries_service_request_and_trace() {
        let lines = lines(|| {
            let span = tracing::info_span!("request", request_id = "r-1", email = "ana@example.com");
            crate::propagation::set_parent(&span, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
            let _entered = span.enter();
            let inner = tracing::info_span!("query");
            let _inner = inner.enter();
            tracing::info!(count = 3, "three holds expired");
        });
        let line = &lines[0];
        assert_eq!(line["service"], "purchase");
        assert_eq!(line["request_id"], "r-1");
        assert_eq!(line["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(line["message"], "three holds expired");
        assert_eq!(line["count"], 3);
        assert!(line.get("email").is_none(), "span fields other than ids stay out: {line}");
    }

    #[test]
    fn hostile_text_stays_one_short_line() {
        let hostile = format!("a\nb\u{1b}[31m{}", "é".repeat(2000));
        let lines = lines(|| tracing::warn!(agent = hostile, "odd"));
        assert_eq!(lines.len(), 1);
        let agent = lines[0]["agent"].as_str().unwrap();
        assert!(agent.starts_with("a\nb") && agent.len() <= LONGEST_TEXT + 3, "{}", agent.len());
    }
}
