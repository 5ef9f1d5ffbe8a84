//! One Stripe request: who asks, asked before, scripted fault, effect, answer.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;

use super::errors::ApiError;
use super::routes::{self, Request};
use super::view::API_VERSION;
use crate::control::faults::Provider;
use crate::control::play::{self, Turn};
use crate::house::House;
use crate::idempotency::{Known, Saved, fingerprint};
use crate::ids;
use crate::moment::Origin;

/// Everything under `/v1`.
pub async fn serve(house: Data<House>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let house = house.into_inner();
    let call = match Call::read(&request, &body) {
        Ok(call) => call,
        Err(error) => return refuse(&error, &ids::random("req_", 14)),
    };
    let begun = call.begin(&house);
    let mut running = match begun {
        Ok(running) => running,
        Err(answer) => {
            let loss = house.faults().take_loss(Provider::Stripe, call.method, call.path);
            return match play::after(&house, &request, loss.as_ref()).await {
                Turn::Cut => play::nothing(),
                _ => *answer,
            };
        }
    };
    let fault = house.faults().take_request(Provider::Stripe, call.method, call.path);
    match play::before(&house, &request, fault.as_ref()).await {
        Turn::Go => {}
        Turn::Cut => return play::nothing(),
        Turn::Answer { status, body, retry_after, kept } => {
            let body = body.unwrap_or_else(|| ApiError::scripted(status).body().to_string());
            let saved = Saved { status, body, request: call.id.clone() };
            if kept {
                running.finish(&saved);
            }
            return play::with_retry_after(respond(&saved, false), retry_after);
        }
    }
    let saved = act(&house, &call, &mut running);
    match play::after(&house, &request, fault.as_ref()).await {
        Turn::Cut => play::nothing(),
        _ => respond(&saved, false),
    }
}

/// A request with what every endpoint wants to know about it.
struct Call<'a> {
    id: String,
    key: Option<String>,
    method: &'a str,
    path: &'a str,
    query: &'a str,
    body: &'a str,
}

impl<'a> Call<'a> {
    fn read(request: &'a HttpRequest, body: &'a Bytes) -> Result<Self, ApiError> {
        authorise(request.headers())?;
        let text = std::str::from_utf8(body)
            .map_err(|_| ApiError::unreadable("the body is not UTF-8".to_owned()))?;
        let key = request.headers().get("idempotency-key").and_then(|value| value.to_str().ok());
        if key.is_some_and(|key| key.is_empty() || key.len() > 255) {
            let message = "Idempotency keys must be between 1 and 255 characters.";
            return Err(ApiError::parameter("Idempotency-Key", None, message));
        }
        let method = request.method().as_str();
        Ok(Self {
            id: ids::random("req_", 14),
            key: key.filter(|_| method == "POST").map(str::to_owned),
            method,
            path: request.path(),
            query: request.query_string(),
            body: text,
        })
    }

    /// Asks the idempotency book; a repeated question is answered from it.
    fn begin(&self, house: &Arc<House>) -> Result<Running, Box<HttpResponse>> {
        let Some(key) = &self.key else { return Ok(Running { house: house.clone(), slot: None }) };
        let slot =
            (format!("stripe {key}"), fingerprint(self.method, self.path, sorted(self.body).as_bytes()));
        match house.change(Origin::default(), |books, at| books.answers.begin(&slot.0, &slot.1, at.now)) {
            Known::New => Ok(Running { house: house.clone(), slot: Some(slot) }),
            Known::Answered(saved) => Err(Box::new(respond(&saved, true))),
            Known::Different => Err(Box::new(refuse(&ApiError::other_question(key), &self.id))),
            Known::Running => Err(Box::new(refuse(&ApiError::still_running(key), &self.id))),
        }
    }
}

/// The parameters in one order: clients keep metadata in hash maps, and the same question is the same in any order.
fn sorted(form: &str) -> String {
    let mut pairs: Vec<&str> = form.split('&').collect();
    pairs.sort_unstable();
    pairs.join("&")
}

/// A key under which a request runs; let go of when the request ends without an answer worth keeping.
struct Running {
    house: Arc<House>,
    slot: Option<(String, String)>,
}

impl Running {
    fn finish(&mut self, saved: &Saved) {
        if let Some((key, question)) = self.slot.take() {
            let keep = saved.clone();
            self.house.change(Origin::default(), |books, at| {
                books.answers.finish(&key, &question, at.now, keep);
            });
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some((key, _)) = self.slot.take() {
            self.house.change(Origin::default(), |books, _| books.answers.give_up(&key));
        }
    }
}

/// The effect and its answer are kept in one step: no crash lies between them.
fn act(house: &Arc<House>, call: &Call<'_>, running: &mut Running) -> Saved {
    let asked = Request { method: call.method, path: call.path, query: call.query, body: call.body };
    let origin = Origin { request: Some(call.id.clone()), key: call.key.clone() };
    let slot = running.slot.as_ref();
    let (saved, kept) = house.change(origin, |books, moment| {
        let (status, body, kept) = match routes::answer(house, books, moment, &asked) {
            Ok(object) => (200, object, true),
            Err(error) => (error.status, error.body(), error.kept),
        };
        let saved = Saved { status, body: body.to_string(), request: call.id.clone() };
        if let Some((key, question)) = slot.filter(|_| kept) {
            books.answers.finish(key, question, moment.now, saved.clone());
        }
        (saved, kept)
    });
    if kept {
        running.slot = None;
    }
    saved
}

/// Bearer, or basic with the key as user name. Live keys are refused loudly: they must never come here.
fn authorise(headers: &HeaderMap) -> Result<(), ApiError> {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = match given.split_once(' ') {
        Some(("Bearer", key)) => key.trim().to_owned(),
        Some(("Basic", pair)) => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(pair.trim()).unwrap_or_default();
            String::from_utf8_lossy(&bytes).split(':').next().unwrap_or_default().to_owned()
        }
        _ => String::new(),
    };
    if key.is_empty() {
        return Err(ApiError::unauthorised(
            "You did not provide an API key. You need to provide your API key in the Authorization header, \
             using Bearer auth.",
        ));
    }
    if key.starts_with("sk_live_") || key.starts_with("rk_live_") {
        return Err(ApiError::unauthorised("A live key was sent to the sandbox. Roll it: it has travelled."));
    }
    if !key.starts_with("sk_test_") && !key.starts_with("rk_test_") {
        return Err(ApiError::unauthorised(
            "Invalid API Key provided: the sandbox wants one that starts with sk_test_.",
        ));
    }
    Ok(())
}

fn refuse(error: &ApiError, request: &str) -> HttpResponse {
    let saved = Saved { status: error.status, body: error.body().to_string(), request: request.to_owned() };
    respond(&saved, false)
}

fn respond(saved: &Saved, again: bool) -> HttpResponse {
    let status = StatusCode::from_u16(saved.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = HttpResponse::build(status);
    answer
        .content_type("application/json")
        .insert_header(("Request-Id", saved.request.clone()))
        .insert_header(("Stripe-Version", API_VERSION));
    if again {
        answer.insert_header(("Idempotent-Replayed", "true"));
        answer.insert_header(("Original-Request", saved.request.clone()));
    }
    answer.body(saved.body.clone())
}
