//! The token endpoints: a code against a token.

use std::sync::Arc;

use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::model::{Grant, LIVES};
use super::{Flavour, around, keys, respond};
use crate::clock::wall;
use crate::house::House;
use crate::ids::random;
use crate::moment::Origin;

/// What the client shows.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    grant_type: String,
    code: String,
    redirect_uri: String,
    client_id: String,
    client_secret: String,
    code_verifier: String,
}

/// `POST` of a token endpoint.
pub async fn exchange(house: Data<House>, request: HttpRequest, shown: Form<Shown>) -> HttpResponse {
    serve(house.into_inner(), request, shown.into_inner()).await
}

/// `GET`, as Facebook's documents have it.
pub async fn exchange_by_query(
    house: Data<House>,
    request: HttpRequest,
    shown: Query<Shown>,
) -> HttpResponse {
    serve(house.into_inner(), request, shown.into_inner()).await
}

async fn serve(house: Arc<House>, request: HttpRequest, mut shown: Shown) -> HttpResponse {
    let flavour = Flavour::of(&request);
    around(&house, &request, || {
        if let Some((id, secret)) = basic(&request) {
            (shown.client_id, shown.client_secret) = (id, secret);
        }
        match redeem(&house, flavour, &shown) {
            Ok((grant, token)) => respond(200, &granted(&house, flavour, &grant, token)),
            // GitHub says so with a 200.
            Err(error) if flavour == Flavour::Github => {
                respond(200, &json!({ "error": error, "error_description": "As the sandbox sees it." }))
            }
            Err(error) if flavour == Flavour::Facebook => {
                let told = json!({ "message": error, "type": "OAuthException", "code": 100 });
                respond(400, &json!({ "error": told }))
            }
            Err(error) => {
                respond(if error == "invalid_client" { 401 } else { 400 }, &json!({ "error": error }))
            }
        }
    })
    .await
}

fn basic(request: &HttpRequest) -> Option<(String, String)> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
    text.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}

/// The grant behind a code, once, and a token for it.
fn redeem(house: &Arc<House>, flavour: Flavour, shown: &Shown) -> Result<(Grant, String), &'static str> {
    let secret = match flavour {
        Flavour::Apple => is_signed_secret(shown, &format!("{}/apple", house.public_url)),
        _ => !shown.client_secret.is_empty(),
    };
    if !secret {
        return Err("invalid_client");
    }
    // GitHub and Facebook assume it.
    let assumed = matches!(flavour, Flavour::Facebook | Flavour::Github) && shown.grant_type.is_empty();
    if shown.grant_type != "authorization_code" && !assumed {
        return Err("unsupported_grant_type");
    }
    house.change(Origin::default(), |books, moment| -> Result<(Grant, String), &'static str> {
        let unfit = if flavour == Flavour::Github { "bad_verification_code" } else { "invalid_grant" };
        let grant = books.grants.get_mut(&shown.code).ok_or(unfit)?;
        let fits = grant.flavour == flavour.code()
            && grant.client_id == shown.client_id
            && grant.redirect_uri == shown.redirect_uri
            && moment.now - grant.made_at < LIVES
            && !grant.used
            && is_verified(&grant.challenge, &shown.code_verifier);
        if !fits {
            return Err(unfit);
        }
        grant.used = true;
        let grant = grant.clone();
        let token = random("token-", 32);
        books.bearers.insert(token.clone(), grant.person.clone());
        Ok((grant, token))
    })
}

/// PKCE: what is shown now is what was promised before.
fn is_verified(challenge: &str, verifier: &str) -> bool {
    if challenge.is_empty() {
        return true;
    }
    (43..=128).contains(&verifier.len())
        && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == challenge
}

/// Apple's client secret: a JWT of the club's, looked at and not verified, for the sandbox has no club's key.
fn is_signed_secret(shown: &Shown, audience: &str) -> bool {
    let mut parts = shown.client_secret.split('.');
    let (Some(head), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let read =
        |part: &str| -> Option<Value> { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok() };
    let (Some(head), Some(claims)) = (read(head), read(claims)) else { return false };
    let until = claims["exp"].as_i64().unwrap_or_default();
    head["alg"] == "ES256"
        && head["kid"].is_string()
        && claims["iss"].is_string()
        && claims["sub"] == shown.client_id.as_str()
        && claims["aud"] == audience
        // At most half a year.
        && until > wall()
        && until < wall() + 15_777_000
        && URL_SAFE_NO_PAD.decode(signature).is_ok_and(|bytes| bytes.len() == 64)
}

fn granted(house: &House, flavour: Flavour, grant: &Grant, token: String) -> Value {
    let mut answer = json!({ "access_token": token, "token_type": "bearer" });
    if flavour != Flavour::Github {
        answer["expires_in"] = json!(3600);
    }
    if matches!(flavour, Flavour::Google | Flavour::Apple) {
        answer["token_type"] = json!("Bearer");
        answer["id_token"] = json!(keys::id_token(&house.public_url, flavour, grant));
    }
    answer
}
