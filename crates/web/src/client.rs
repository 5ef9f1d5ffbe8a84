//! Calls to others, with limits.

use std::time::Duration;

/// An HTTP client that gives up: 2 s to connect, 10 s for the whole call, no redirects.
///
/// Make one per process and clone it. Tell a call the current trace with [`traced`].
pub fn client() -> reqwest::Client {
    client_with(Duration::from_secs(10))
}

/// The same with another limit for the whole call.
pub fn client_with(timeout: Duration) -> reqwest::Client {
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(2))
        .timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .pool_idle_timeout(Duration::from_secs(30))
        .user_agent("maguey/0.1")
        .build()
        .expect("these options and the compiled-in TLS provider always make a client")
}

/// Adds `traceparent`, so that the callee's spans join this trace.
pub fn traced(request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    match telemetry::propagation::inject() {
        Some(traceparent) => request.header("traceparent", traceparent),
        None => request,
    }
}
