//! Google Wallet, as far as tickets need it: tokens for a service account, nights and tickets by REST, and guests who save a link. It
//! holds no club's public key: what is signed is read, not verified.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Bytes, Data, Form, Path};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::wall;
use crate::control::faults::Provider;
use crate::control::play::{self, Turn};
use crate::house::House;
use crate::moment::Origin;

/// What every token of ours begins with.
const TOKEN: &str = "ya29.sandbox-";
const SAVE: &str = "https://pay.google.com/gp/v/save/";

/// Who asks for a token (RFC 7523).
#[derive(Debug, Deserialize)]
pub struct Asked {
    grant_type: String,
    assertion: String,
}

/// `POST /token`.
pub async fn token(house: Data<House>, request: HttpRequest, asked: Form<Asked>) -> HttpResponse {
    let house = house.into_inner();
    around(&house, &request, || {
        let refuse =
            |what: &str| respond(400, &json!({ "error": "invalid_grant", "error_description": what }));
        if asked.grant_type != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
            return respond(400, &json!({ "error": "unsupported_grant_type" }));
        }
        let Some(claims) = claims(&asked.assertion) else { return refuse("Invalid JWT") };
        let until = claims["exp"].as_i64().unwrap_or_default();
        let named = claims["iss"].is_string() && claims["scope"].is_string() && claims["aud"].is_string();
        if !named || until <= wall() || until > wall() + 3700 {
            return refuse("Invalid JWT: iss, scope, aud, and exp within an hour");
        }
        let token = format!("{TOKEN}{}", uuid::Uuid::new_v4().simple());
        respond(200, &json!({ "access_token": token, "expires_in": 3599, "token_type": "Bearer" }))
    })
    .await
}

/// `PATCH /walletobjects/v1/{kind}/{id}`: what is named is what it is from then on.
pub async fn patch(
    house: Data<House>,
    request: HttpRequest,
    path: Path<(String, String)>,
    body: Bytes,
) -> HttpResponse {
    let house = house.into_inner();
    let (kind, id) = path.into_inner();
    around(&house, &request, || {
        if let Some(refusal) = refused(&request, &kind) {
            return refusal;
        }
        let Ok(Value::Object(changes)) = serde_json::from_slice(&body) else {
            return problem(400, "INVALID_ARGUMENT", "Invalid JSON payload received.");
        };
        house.change(Origin::default(), |books, _| {
            let Some(Value::Object(kept)) = books.wallet.get_mut(&format!("{kind}/{id}")) else {
                return problem(404, "NOT_FOUND", "Resource not found.");
            };
            kept.extend(changes);
            let version = kept.get("version").and_then(Value::as_u64).unwrap_or(1) + 1;
            kept.insert("version".to_owned(), json!(version));
            respond(200, &Value::Object(kept.clone()))
        })
    })
    .await
}

/// `GET /walletobjects/v1/{kind}/{id}`.
pub async fn show(house: Data<House>, request: HttpRequest, path: Path<(String, String)>) -> HttpResponse {
    let house = house.into_inner();
    let (kind, id) = path.into_inner();
    around(&house, &request, || {
        if let Some(refusal) = refused(&request, &kind) {
            return refusal;
        }
        match house.look(|books| books.wallet.get(&format!("{kind}/{id}")).cloned()) {
            Some(kept) => respond(200, &kept),
            None => problem(404, "NOT_FOUND", "Resource not found."),
        }
    })
    .await
}

/// A link that a guest opens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    link: String,
}

/// `POST /control/wallet/save`: a guest opens a link and saves what is in it. What is there already stays as it is.
pub async fn save(house: Data<House>, body: Bytes) -> HttpResponse {
    let house = house.into_inner();
    let read: Option<Link> = serde_json::from_slice(&body).ok();
    let claims = read.and_then(|read| claims(read.link.strip_prefix(SAVE)?));
    let Some(claims) = claims else {
        return respond(422, &json!({ "error": "not a link that saves to Google Wallet" }));
    };
    let saved = house.change(Origin::default(), |books, _| {
        let kinds = [("eventTicketClass", "eventTicketClasses"), ("eventTicketObject", "eventTicketObjects")];
        let mut saved = Vec::new();
        for (kind, list) in kinds {
            for one in claims["payload"][list].as_array().into_iter().flatten() {
                let id = format!("{kind}/{}", one["id"].as_str().unwrap_or_default());
                books.wallet.entry(id.clone()).or_insert_with(|| one.clone());
                saved.push(id);
            }
        }
        saved
    });
    respond(200, &json!({ "saved": saved }))
}

/// Plays a scripted fault around a call.
async fn around(
    house: &Arc<House>,
    request: &HttpRequest,
    act: impl FnOnce() -> HttpResponse,
) -> HttpResponse {
    let fault = house.faults().take_request(Provider::Google, request.method().as_str(), request.path());
    match play::before(house, request, fault.as_ref()).await {
        Turn::Go => {}
        Turn::Cut => return play::nothing(),
        Turn::Answer { status, body, retry_after, .. } => {
            let answer = match body {
                Some(body) => raw(status, body),
                None => problem(status, "UNAVAILABLE", "As scripted in the sandbox."),
            };
            return play::with_retry_after(answer, retry_after);
        }
    }
    let answer = act();
    match play::after(house, request, fault.as_ref()).await {
        Turn::Cut => play::nothing(),
        _ => answer,
    }
}

/// The answer to who may not ask, or asks for what there is not.
fn refused(request: &HttpRequest, kind: &str) -> Option<HttpResponse> {
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let known =
        given.and_then(|value| value.strip_prefix("Bearer ")).is_some_and(|token| token.starts_with(TOKEN));
    if !known {
        return Some(problem(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."));
    }
    let there_is = matches!(kind, "eventTicketClass" | "eventTicketObject");
    (!there_is).then(|| problem(404, "NOT_FOUND", "Method not found."))
}

/// What a JWT says.
fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, claims, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

fn problem(status: u16, code: &str, message: &str) -> HttpResponse {
    respond(status, &json!({ "error": { "code": status, "message": message, "status": code } }))
}

fn respond(status: u16, body: &Value) -> HttpResponse {
    raw(status, body.to_string())
}

fn raw(status: u16, body: String) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .content_type("application/json")
        .body(body)
}
