//! From a fault to the answer that its reader understands.

use std::{borrow::Cow, error::Error};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode, Uri,
        header::{self, HeaderValue},
    },
};

use domain::language::Language;

use super::{ErrorView, Fault, Problem};
use crate::{front::Front, locale::Locale, redirect, request_id::RequestId};

/// What an answer depends on, apart from the fault.
pub(crate) struct Reader {
    pub(crate) request_id: RequestId,
    problem: bool,
    uri: Uri,
    /// It asked for a page, which can be asked for again, also after signing in.
    asks: bool,
    language: Option<Language>,
    accept_language: Option<HeaderValue>,
}

impl Reader {
    /// Everything about the reader.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        Self { language: Some(Locale::of(request).0), ..Self::brief(request, RequestId::of(request)) }
    }

    /// The little that is worth keeping of every request, in case its handler panics.
    pub(crate) fn brief(request: &HttpRequest, request_id: RequestId) -> Self {
        let accept_language = request.headers().get(header::ACCEPT_LANGUAGE).cloned();
        let asks = matches!(*request.method(), Method::GET | Method::HEAD);
        let (problem, uri) = (wants_problem(request), request.uri().clone());
        Self { request_id, problem, uri, asks, language: None, accept_language }
    }

    /// Path and query of the request.
    fn path(&self) -> &str {
        self.uri.path_and_query().map_or("/", |path| path.as_str())
    }

    fn language(&self) -> Language {
        let accepted = || Language::from_accept_language(self.accept_language.as_ref()?.to_str().ok()?);
        self.language.or_else(accepted).unwrap_or_default()
    }
}

/// Renders the fault for this reader and logs the cause of a 5xx, once.
pub(crate) fn answer(fault: &Fault, reader: &Reader, front: &Front) -> HttpResponse {
    log(fault);
    let mut response = if reader.problem { problem(fault, reader) } else { page(fault, reader, front) };
    decorate(fault, &mut response);
    response
}

/// Something that is not a [`Fault`] failed: actix's own errors keep a 4xx status and lose their text.
pub(crate) fn fault_of(error: &actix_web::Error) -> Fault {
    let status = error.as_response_error().status_code();
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Fault::new(status, "payload_too_large"),
        StatusCode::NOT_FOUND => Fault::not_found(),
        status if status.is_client_error() => Fault::new(status, "bad_request"),
        _ => Fault::internal(error.to_string()),
    }
}

fn log(fault: &Fault) {
    let inner = fault.inner();
    if !inner.status.is_server_error() {
        tracing::debug!(status = inner.status.as_u16(), code = inner.code, "refused");
        return;
    }
    let cause = chain(inner.source.as_deref().map(|cause| cause as &dyn Error));
    let detail = inner.detail.as_deref().unwrap_or_default();
    if inner.status == StatusCode::SERVICE_UNAVAILABLE {
        tracing::warn!(code = inner.code, detail, cause, "a part we need is away");
    } else {
        tracing::error!(code = inner.code, detail, cause, "a request failed");
    }
}

/// The whole chain of causes as one text.
fn chain(mut cause: Option<&dyn Error>) -> String {
    let mut text = String::new();
    while let Some(error) = cause {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Programs read problem+json. A browser asks for HTML by name; `*/*` alone is decided by the path.
fn wants_problem(request: &HttpRequest) -> bool {
    let path = request.path();
    if ["/api/", "/internal/", "/webhooks/"].iter().any(|prefix| path.starts_with(prefix)) {
        return true;
    }
    let accept =
        request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("json") && !accept.contains("text/html")
}

fn problem(fault: &Fault, reader: &Reader) -> HttpResponse {
    let inner = fault.inner();
    let hidden = inner.status.is_server_error();
    let body = Problem {
        kind: "about:blank",
        title: inner.status.canonical_reason().unwrap_or("Error"),
        status: inner.status.as_u16(),
        detail: if hidden { Some(fixed_text(inner.status).to_owned()) } else { inner.detail.clone() },
        code: inner.code,
        request_id: reader.request_id.to_string(),
        errors: inner.fields.clone(),
    };
    let mut response = HttpResponse::build(inner.status);
    response.content_type("application/problem+json");
    match serde_json::to_string(&body) {
        Ok(text) => response.body(text),
        Err(_) => response.finish(),
    }
}

/// What a program reads about a fault of ours: nothing of the cause.
fn fixed_text(status: StatusCode) -> &'static str {
    match status {
        StatusCode::SERVICE_UNAVAILABLE => {
            "This part of the service is not available at the moment. Try again."
        }
        _ => "Something went wrong on our side. Quote the request_id when you ask for help.",
    }
}

fn page(fault: &Fault, reader: &Reader, front: &Front) -> HttpResponse {
    let inner = fault.inner();
    let unauthenticated = inner.status == StatusCode::UNAUTHORIZED;
    let sign_in_path = front.sign_in_path.filter(|_| unauthenticated);
    let back = if reader.asks { reader.path() } else { "/" };
    let sign_in = sign_in_path.map(|path| redirect::sign_in(path, back));
    if let (Some(location), true) = (&sign_in, reader.asks) {
        return redirect::see_other(location);
    }
    if let (Some(location), true) = (missing_proof(inner.code, back, front), reader.asks) {
        return redirect::see_other(&location);
    }
    let (message_key, args) = match &inner.message {
        Some((key, args)) => (Cow::Borrowed(*key), args.clone()),
        None => (Cow::Owned(format!("shared-error-{}", inner.code.replace('_', "-"))), Vec::new()),
    };
    let view = ErrorView {
        status: inner.status,
        code: inner.code,
        message_key,
        fallback_key: format!("shared-error-{}", inner.status.as_u16()),
        args,
        request_id: reader.request_id.to_string(),
        language: reader.language(),
        path: redirect::local(reader.path()).to_owned(),
        repeatable: reader.asks,
        sign_in,
        retry_after: inner.retry_after.map(|wait| wait.as_secs().max(1)),
    };
    HttpResponse::build(inner.status).content_type("text/html; charset=utf-8").body((front.error_page)(&view))
}

/// Where somebody goes who is signed in and must show more than that. They come back to the page afterwards; the set-up of a
/// second factor is a walk of its own, at whose end they have another session.
fn missing_proof(code: &str, back: &str, front: &Front) -> Option<String> {
    match code {
        "proof_needed" => front.proof_path.map(|path| redirect::sign_in(path, back)),
        "second_factor_missing" => front.set_up_path.map(str::to_owned),
        _ => None,
    }
}

fn decorate(fault: &Fault, response: &mut HttpResponse) {
    let inner = fault.inner();
    let headers = response.headers_mut();
    if let Some(wait) = inner.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    }
    if let Some(allow) = inner.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
        headers.insert(header::ALLOW, allow);
    }
    if inner.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if inner.status == StatusCode::PAYLOAD_TOO_LARGE {
        // The rest of the body is not read, so the connection cannot carry another request.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
}
