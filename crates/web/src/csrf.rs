//! Nobody else's page acts in a visitor's name.
//!
//! Two locks. The middleware looks at where an unsafe request comes from: browsers say it themselves in
//! `Sec-Fetch-Site`, older ones in `Origin`. Forms of the staff carry, besides, a token that is bound to
//! the session ([`CsrfForm`]), so that a sibling host or a confused proxy cannot forge one.

use std::ops::Deref;

use actix_web::{
    FromRequest, HttpRequest,
    dev::{Payload, ServiceRequest},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap},
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::LocalBoxFuture;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{body, can::Can, fault::Fault, front::Front, staff::Staff};

/// The hidden field of a form that carries the token.
pub const FIELD: &str = "csrf";

/// The token for a form shown to this member of the staff.
pub fn token<P>(staff: &Staff<P>) -> String {
    staff.csrf_token().to_owned()
}

/// Derived from the session token, which only its owner's browser holds: needs no key and no store,
/// and ends with the session.
pub(crate) fn token_for(session_token: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(session_token.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(b"maguey csrf v1");
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

pub(crate) fn wrong_token() -> Fault {
    rejected("The form's token is missing or belongs to another session.")
}

fn rejected(detail: &str) -> Fault {
    Fault::new(StatusCode::FORBIDDEN, "csrf_rejected").detail(detail)
}

/// 403 `csrf_rejected` for an unsafe request that another site may have caused.
pub(crate) fn check_origin(request: &ServiceRequest, front: &Front) -> Result<(), Fault> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE) {
        return Ok(());
    }
    if *request.method() == Method::POST && front.cross_site_posts.contains(&request.path()) {
        return Ok(());
    }
    let headers = request.headers();
    let has_cookies = headers.contains_key(header::COOKIE);
    // A page of another site cannot send this header without our consent (CORS), which we never give.
    if headers.contains_key(header::AUTHORIZATION) && !has_cookies {
        return Ok(());
    }
    match from_here(headers, &front.origin) {
        Some(true) => Ok(()),
        Some(false) => Err(rejected("The request comes from another site.")),
        None if has_cookies || is_form(headers) => {
            Err(rejected("The request does not say where it comes from: send Origin."))
        }
        // Neither a browser's form nor anybody's cookies: a program with nothing to abuse.
        None => Ok(()),
    }
}

/// Whether the browser says that the request comes from our own pages. None: it does not say.
pub(crate) fn from_here(headers: &HeaderMap, origin: &str) -> Option<bool> {
    if let Some(site) = headers.get("sec-fetch-site") {
        return Some(matches!(site.as_bytes(), b"same-origin" | b"none"));
    }
    headers.get(header::ORIGIN).map(|value| value.as_bytes().eq_ignore_ascii_case(origin.as_bytes()))
}

/// What a form of another site can send without asking.
fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(kind.as_str(), "application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain")
}

/// A form sent by a member of the staff who holds `P`, with the right token in its field `csrf`.
/// The field is taken out before `T` is read.
#[derive(Debug)]
pub struct CsrfForm<T, P> {
    /// What the form says.
    pub form: T,
    /// Who sent it.
    pub staff: Staff<P>,
}

impl<T, P> Deref for CsrfForm<T, P> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.form
    }
}

impl<T: DeserializeOwned + 'static, P: Can> FromRequest for CsrfForm<T, P> {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let staff = Staff::<P>::from_request(request, payload);
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let staff = staff.await?;
            let body = body::read_form(&request, &mut payload).await?;
            let rest = without_token(&body, staff.csrf_token())?;
            Ok(Self { form: body::parse_form(&rest)?, staff })
        })
    }
}

/// The form without its token, if there is exactly one token and it is the right one.
pub(crate) fn without_token(body: &str, expected: &str) -> Result<String, Fault> {
    let (tokens, rest): (Vec<_>, Vec<_>) = body::pairs_of(body).partition(|(name, _)| *name == FIELD);
    // The token is base64url, so a browser sends it as it is.
    let right = matches!(tokens[..], [(_, sent)] if bool::from(sent.as_bytes().ct_eq(expected.as_bytes())));
    if !right {
        return Err(wrong_token());
    }
    let rest: Vec<String> = rest.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    Ok(rest.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_bound_to_the_session() {
        assert_eq!(token_for("a.b.c"), token_for("a.b.c"));
        assert_ne!(token_for("a.b.c"), token_for("a.b.d"));
    }

    #[test]
    fn a_form_needs_exactly_the_right_token() {
        assert_eq!(without_token("a=1&csrf=good&b=2", "good").unwrap(), "a=1&b=2");
        for bad in ["a=1", "csrf=&a=1", "csrf=bad", "csrf=good&csrf=good", "csrf=good2", "CSRF=good"] {
            assert_eq!(without_token(bad, "good").expect_err(bad).code(), "csrf_rejected");
        }
    }
}
