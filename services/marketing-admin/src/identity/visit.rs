//! From where, with what and in which language somebody asks: for sessions, the activity log and what is counted.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::USER_AGENT;
use actix_web::{Error, FromRequest, HttpRequest};
use domain::language::Language;
use web::{ClientAddress, Locale, RequestId};

/// Longer names of browsers are cut: whoever sends one wrote it by hand.
const LONGEST: usize = 400;

/// One request, as far as it is kept.
#[derive(Debug, Clone)]
pub struct Visit {
    /// From where.
    pub address: ClientAddress,
    /// What the browser calls itself.
    pub agent: String,
    /// The request.
    pub request: RequestId,
    /// The reader's language.
    pub language: Language,
}

impl FromRequest for Visit {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
        let address = ClientAddress::from_request(request, payload).into_inner();
        ready(address.map_err(|never| match never {}).map(|address| Self {
            address,
            agent: agent.unwrap_or_default().chars().take(LONGEST).collect(),
            request: RequestId::of(request),
            language: Locale::of(request).0,
        }))
    }
}
