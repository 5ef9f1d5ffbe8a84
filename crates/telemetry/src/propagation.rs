//! Carrying a trace from one process to the next, as W3C `traceparent` text.
//!
//! HTTP calls carry it as a header, outbox rows as a column, messages as a NATS header.

use std::collections::HashMap;

use opentelemetry::{Context, propagation::TextMapPropagator, trace::TraceContextExt};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

const TRACEPARENT: &str = "traceparent";

/// The `traceparent` of the current span, or none when nothing is traced here.
pub fn inject() -> Option<String> {
    inject_context(&Span::current().context())
}

/// The `traceparent` of a context, or none when it holds no valid span.
pub fn inject_context(context: &Context) -> Option<String> {
    let mut carrier = HashMap::new();
    TraceContextPropagator::new().inject_context(context, &mut carrier);
    carrier.remove(TRACEPARENT)
}

/// The context a `traceparent` names; malformed text gives an empty context.
pub fn extract(traceparent: &str) -> Context {
    let carrier = HashMap::from([(TRACEPARENT.to_owned(), traceparent.to_owned())]);
    TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier)
}

/// Makes `span` a child of the caller's trace. Malformed text changes nothing.
///
/// Call it before the span is entered for the first time: its trace is fixed from then on.
pub fn set_parent(span: &Span, traceparent: &str) {
    let context = extract(traceparent);
    if context.span().span_context().is_valid() {
        // The only failures are a span that has begun and a process without telemetry:
        // neither is worth failing a request for.
        let _ = span.set_parent(context);
    }
}

/// The id of the trace the current span belongs to, for logs and answers.
pub fn trace_id() -> Option<String> {
    let context = Span::current().context();
    let id = context.span().span_context().trace_id();
    (id != opentelemetry::TraceId::INVALID).then(|| id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn what_was_extracted_is_injected_again() {
        assert_eq!(inject_context(&extract(PARENT)).as_deref(), Some(PARENT));
    }

    #[test]
    fn nonsense_is_an_empty_context() {
        for text in ["", "00-xyz", "zz-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "\0"] {
            assert_eq!(inject_context(&extract(text)), None, "{text:?}");
        }
    }
}
