//! When and why a change happens: events carry both.

/// The API request that caused a change; empty for what guests and time do.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// `req_…`
    pub request: Option<String>,
    /// The request's idempotency key.
    pub key: Option<String>,
}

/// One change's time and cause.
#[derive(Debug, Clone)]
pub struct Moment {
    /// The sandbox's time in Unix seconds.
    pub now: i64,
    /// What asked for it.
    pub origin: Origin,
}
