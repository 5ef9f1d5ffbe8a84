//! The name of a request, in answers, logs and error pages.

use std::{fmt, future::Ready, future::ready};

use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest,
    dev::{Payload, ServiceRequest},
};
use uuid::Uuid;

/// The header that carries it, in and out.
pub const HEADER: &str = "x-request-id";

/// The request's id: the gateway's if it sent one, else one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The id of this request. Every request has one once it passed the outermost middleware.
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_else(Self::generate)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes the incoming id, or makes one, and keeps it with the request.
    pub(crate) fn assign(request: &ServiceRequest) -> Self {
        let incoming = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
        // The id is written to logs and pages: only a plain, short one is taken over.
        let id = match incoming {
            Some(text) if is_plain(text) => Self(text.to_owned()),
            _ => Self::generate(),
        };
        request.extensions_mut().insert(id.clone());
        id
    }

    fn generate() -> Self {
        Self(Uuid::now_v7().to_string())
    }
}

fn is_plain(text: &str) -> bool {
    (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromRequest for RequestId {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}
