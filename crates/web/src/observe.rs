//! What happens to every request, around its handler: refused if it is not ours to answer, counted, and
//! answered in the reader's terms if it failed.

use std::{panic::AssertUnwindSafe, sync::OnceLock, time::Instant};

use actix_web::{
    Error, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use futures::FutureExt;
use opentelemetry::{KeyValue, metrics::Histogram};

use crate::{
    csrf,
    fault::{
        Fault,
        render::{self, Reader},
    },
    front::Front,
    guest,
    locale::Locale,
    params,
    request_id::{self, RequestId},
};

/// Which door a request came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listener {
    /// From the world, through the gateway.
    Public,
    /// From our own services and probes: no browsers, no cookies.
    Internal,
}

/// The middleware.
pub(crate) async fn observe<B: MessageBody + 'static>(
    listener: Listener,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(front) = request.app_data::<Data<Front>>().cloned() else {
        return Err(Fault::internal("this application was not built by web::boot").into());
    };
    let seen = Seen::of(&request);
    let refused = params::check_target(&request).and_then(|()| match listener {
        Listener::Public => csrf::check_origin(&request, &front),
        Listener::Internal => Ok(()),
    });
    let mut response = match refused {
        Err(fault) => {
            let answer = render::answer(&fault, &Reader::of(request.request()), &front);
            request.into_response(answer)
        }
        Ok(()) => match AssertUnwindSafe(next.call(request)).catch_unwind().await {
            Ok(outcome) => rendered(outcome?.map_into_boxed_body(), &front),
            Err(_) => return Err(after_panic(&seen, &front)),
        },
    };
    if seen.method == Method::HEAD && response.response().body().size() == BodySize::Stream {
        // A stream may have no end, and HEAD reads none of it.
        response = response.map_body(|_, _| BoxBody::new(()));
    }
    if listener == Listener::Public {
        remember(&mut response);
        let request = response.request().clone();
        guest::hand_out(&request, response.response_mut());
    }
    finish(response.headers_mut(), &seen, &front);
    seen.count(response.status());
    Ok(response)
}

/// A language that the address of a page names is this reader's from then on, on every page and form of the site. A cache between us and
/// the reader must not hand the cookie to others.
fn remember(response: &mut ServiceResponse<BoxBody>) {
    let Some(language) = Locale::asked_for(response.request()) else { return };
    let is_page =
        response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page && !response.status().is_redirection() {
        return;
    }
    // A cookie of a fixed name and a two-letter value is always a legal header.
    let _ = response.response_mut().add_cookie(&Locale(language).cookie());
    let shared = |rule: &HeaderValue| rule.as_bytes().starts_with(b"public");
    if response.headers().get(CACHE_CONTROL).is_some_and(shared) {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=5"));
    }
}

/// The response, or what its fault looks like to this reader.
fn rendered(response: ServiceResponse<BoxBody>, front: &Front) -> ServiceResponse<BoxBody> {
    let Some(error) = response.response().error() else { return response };
    let reader = Reader::of(response.request());
    let answer = match error.as_error::<Fault>() {
        Some(fault) => render::answer(fault, &reader, front),
        None => render::answer(&render::fault_of(error), &reader, front),
    };
    response.into_response(answer)
}

/// The request is gone with the handler; what was seen of it before is enough for an answer.
fn after_panic(seen: &Seen, front: &Front) -> Error {
    let fault = Fault::internal("the handler panicked");
    let mut answer: HttpResponse = render::answer(&fault, &seen.reader, front);
    finish(answer.headers_mut(), seen, front);
    seen.count(answer.status());
    InternalError::from_response("the handler panicked", answer).into()
}

fn finish(headers: &mut HeaderMap, seen: &Seen, front: &Front) {
    front.headers.apply(headers);
    if let Ok(id) = HeaderValue::from_str(seen.reader.request_id.as_str()) {
        headers.insert(HeaderName::from_static(request_id::HEADER), id);
    }
}

/// What is remembered of a request while its handler owns it.
struct Seen {
    method: Method,
    route: String,
    started: Instant,
    reader: Reader,
}

impl Seen {
    fn of(request: &ServiceRequest) -> Self {
        Self {
            method: request.method().clone(),
            route: request.match_pattern().unwrap_or_else(|| "unmatched".to_owned()),
            started: Instant::now(),
            reader: Reader::brief(request.request(), RequestId::of(request.request())),
        }
    }

    /// One measurement per request, by route pattern: a path would make as many series as there are orders.
    fn count(&self, status: StatusCode) {
        let labels = [
            KeyValue::new("method", known_method(&self.method)),
            KeyValue::new("route", self.route.clone()),
            KeyValue::new("status", i64::from(status.as_u16())),
        ];
        durations().record(self.started.elapsed().as_secs_f64(), &labels);
    }
}

/// A label with as few values as there are methods, whatever a client calls its own.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn durations() -> &'static Histogram<f64> {
    static DURATIONS: OnceLock<Histogram<f64>> = OnceLock::new();
    DURATIONS.get_or_init(|| {
        telemetry::meter()
            .f64_histogram("http_server_request_duration")
            .with_unit("s")
            .with_description("Time from a request's head to its answer's head.")
            .with_boundaries(vec![
                0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
            ])
            .build()
    })
}
