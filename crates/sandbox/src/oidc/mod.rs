//! Signing in through others, as Google, Apple, Facebook and GitHub do it: who is asked says who they are on a page of the sandbox's,
//! or a test has said it before. Google and Apple give signed ID tokens (OpenID Connect), the other two a token to ask for the profile.

mod authorize;
mod control;
mod keys;
mod model;
mod profile;
mod token;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::control::faults::Provider;
use crate::control::play::{self, Turn};
use crate::house::House;

pub use authorize::{answer, ask};
pub use control::{forget, say};
pub use keys::{certificates, discover};
pub use model::{Grant, Person};
pub use profile::{emails, me, user};
pub use token::{exchange, exchange_by_query};

/// Whom it plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// OpenID Connect.
    Google,
    /// OpenID Connect; answers by a form, and wants a signed secret.
    Apple,
    /// OAuth; says of no address that it is proven.
    Facebook,
    /// OAuth; the addresses are asked for apart.
    Github,
}

impl Flavour {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Google, Self::Apple, Self::Facebook, Self::Github];

    /// The first part of its paths.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Apple => "apple",
            Self::Facebook => "facebook",
            Self::Github => "github",
        }
    }

    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Apple => "Apple",
            Self::Facebook => "Facebook",
            Self::Github => "GitHub",
        }
    }

    /// The one with this code.
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flavour| flavour.code() == code)
    }

    /// Whose path a request has; the routes let no other pass.
    fn of(request: &HttpRequest) -> Self {
        let first = request.path().split('/').nth(1).unwrap_or_default();
        Self::named(first).unwrap_or(Self::Google)
    }
}

/// Plays a scripted fault around a call.
async fn around(
    house: &Arc<House>,
    request: &HttpRequest,
    act: impl FnOnce() -> HttpResponse,
) -> HttpResponse {
    let fault = house.faults().take_request(Provider::Identity, request.method().as_str(), request.path());
    match play::before(house, request, fault.as_ref()).await {
        Turn::Go => {}
        Turn::Cut => return play::nothing(),
        Turn::Answer { status, body, retry_after, .. } => {
            let body = body.unwrap_or_else(|| json!({ "error": "temporarily_unavailable" }).to_string());
            return play::with_retry_after(raw(status, body), retry_after);
        }
    }
    let answer = act();
    match play::after(house, request, fault.as_ref()).await {
        Turn::Cut => play::nothing(),
        _ => answer,
    }
}

fn respond(status: u16, body: &Value) -> HttpResponse {
    raw(status, body.to_string())
}

fn raw(status: u16, body: String) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .content_type("application/json")
        .insert_header(("Cache-Control", "no-store"))
        .body(body)
}
