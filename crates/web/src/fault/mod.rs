//! The one error type of every handler.
//!
//! A [`Fault`] says what went wrong three times: a stable `code` for programs, a detail for developers, and a
//! message key for people. It does not know how it will be shown; [`render`] decides that per
//! request, once, in a middleware: problem+json for programs, the service's error page for people.
//! A fault of ours (5xx) never shows its cause: the cause is logged, with the request id that is shown.

mod from;
pub(crate) mod render;
mod view;

use std::{error::Error, fmt, time::Duration};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};

pub use view::{ErrorView, FieldProblem, Problem};

/// Why a request was not answered as asked. Cheap to return: one pointer.
pub struct Fault(Box<Inner>);

pub(crate) struct Inner {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) detail: Option<String>,
    pub(crate) message: Option<(&'static str, Vec<(&'static str, String)>)>,
    pub(crate) fields: Vec<FieldProblem>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) allow: Option<String>,
    /// It is a guest who is not signed in, and not somebody of the staff.
    pub(crate) guest: bool,
    pub(crate) source: Option<Box<dyn Error + Send + Sync>>,
}

impl Fault {
    /// A fault with a status and a stable `snake_case` code that clients may rely on.
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self(Box::new(Inner {
            status,
            code,
            detail: None,
            message: None,
            fields: Vec::new(),
            retry_after: None,
            allow: None,
            guest: false,
            source: None,
        }))
    }

    /// 400: the request cannot be read.
    pub fn bad_request(code: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code)
    }

    /// 401 `token_missing`: nobody is signed in. A page leads to the sign-in instead.
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "token_missing")
    }

    /// 403 `forbidden`: signed in, but without the permission.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden")
    }

    /// 404 `not_found`: there is none, or it is none of the caller's business.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found")
    }

    /// 409: readable and allowed, but not in the present state.
    pub fn conflict(code: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, code)
    }

    /// 422: readable, but the values make no sense.
    pub fn invalid(code: &'static str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code)
    }

    /// 429 `rate_limited`: too many tries; come back after `wait`.
    pub fn rate_limited(wait: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited").retry_after(wait)
    }

    /// 503 `unavailable`: a part we need is away; the same request may succeed soon.
    pub fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable").retry_after(Duration::from_secs(5))
    }

    /// 500 `internal`: a mistake of ours. The cause is logged, never shown.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal").source(cause)
    }

    /// A sentence for the developer of the client. Not shown for a 5xx.
    pub fn detail(mut self, sentence: impl Into<String>) -> Self {
        self.0.detail = Some(sentence.into());
        self
    }

    /// What people read: a key of the translations and its arguments.
    /// Without it the page looks for `shared-error-<code>`.
    pub fn message(mut self, key: &'static str, arguments: &[(&'static str, &str)]) -> Self {
        let arguments = arguments.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.0.message = Some((key, arguments));
        self
    }

    /// How long the client should wait before it tries again (`Retry-After`).
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// What caused it: logged once for a 5xx, never shown.
    pub fn source(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(cause.into());
        self
    }

    /// Names a field of the request and what is wrong with it. May be called for several.
    pub fn field(mut self, name: impl Into<String>, code: impl Into<String>) -> Self {
        self.0.fields.push(FieldProblem { field: name.into(), code: code.into() });
        self
    }

    /// It is a guest who is not known: a page leads to where guests sign in.
    #[must_use]
    pub fn of_guest(mut self) -> Self {
        self.0.guest = true;
        self
    }

    pub(crate) fn allow(mut self, methods: String) -> Self {
        self.0.allow = Some(methods);
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// How long the client should wait before it tries again.
    pub fn wait(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The fields named so far.
    pub fn fields(&self) -> &[FieldProblem] {
        &self.0.fields
    }

    /// What people read, where the fault says it better than its code: a key of the translations and its arguments.
    pub fn own_message(&self) -> Option<(&'static str, &[(&'static str, String)])> {
        self.0.message.as_ref().map(|(key, arguments)| (*key, arguments.as_slice()))
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.status.as_u16(), self.0.code)?;
        self.0.detail.as_ref().map_or(Ok(()), |detail| write!(f, ": {detail}"))
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self}")?;
        if let Some(source) = &self.0.source {
            write!(f, "; {source:?}")?;
        }
        f.write_str(")")
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

impl ResponseError for Fault {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    /// Bare: the rendering middleware replaces it, because only there the reader is known.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.0.status)
    }
}
