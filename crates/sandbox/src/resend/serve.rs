//! One Resend request: who asks, scripted fault, asked before, accepted or refused.

use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::errors::{Refusal, respond};
use super::mail::Mail;
use super::parse;
use crate::control::faults::Provider;
use crate::control::play::{self, Turn};
use crate::house::House;
use crate::idempotency::{Known, Saved, fingerprint};
use crate::moment::Origin;

/// `POST /emails`.
pub async fn send(house: Data<House>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let house = house.into_inner();
    around(&house, &request, || {
        accept(&house, &request, &body, |asked| Ok(vec![parse::mail(asked)?]), |ids| json!({ "id": ids[0] }))
    })
    .await
}

/// `POST /emails/batch`.
pub async fn batch(house: Data<House>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let house = house.into_inner();
    let read = |asked: Value| match asked {
        Value::Array(list) if (1..=100).contains(&list.len()) => list.into_iter().map(parse::mail).collect(),
        _ => Err(Refusal::invalid("A batch is a list of 1 to 100 emails.")),
    };
    let show = |ids: &[String]| {
        let data: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
        json!({ "data": data })
    };
    around(&house, &request, || accept(&house, &request, &body, read, show)).await
}

/// `GET /emails/{id}`.
pub async fn retrieve(house: Data<House>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let house = house.into_inner();
    around(&house, &request, || {
        let found = house.look(|books| books.mails.get(&id).map(Mail::at_resend));
        match found {
            Some(mail) => respond(200, mail.to_string()),
            None => Refusal::new(404, "not_found", "Email not found").answer(),
        }
    })
    .await
}

/// Plays a scripted fault around a call.
async fn around(
    house: &Arc<House>,
    request: &HttpRequest,
    act: impl FnOnce() -> HttpResponse,
) -> HttpResponse {
    if let Err(refusal) = authorise(request.headers()) {
        return refusal.answer();
    }
    let fault = house.faults().take_request(Provider::Resend, request.method().as_str(), request.path());
    match play::before(house, request, fault.as_ref()).await {
        Turn::Go => {}
        Turn::Cut => return play::nothing(),
        Turn::Answer { status, body, retry_after, .. } => {
            let body = body.unwrap_or_else(|| Refusal::scripted(status).body());
            let wait = retry_after.or((status == 429).then_some(1));
            return play::with_retry_after(respond(status, body), wait);
        }
    }
    let answer = act();
    match play::after(house, request, fault.as_ref()).await {
        Turn::Cut => play::nothing(),
        _ => answer,
    }
}

/// Reads and keeps the emails, once per key, in one step.
fn accept(
    house: &Arc<House>,
    request: &HttpRequest,
    body: &Bytes,
    read: impl FnOnce(Value) -> Result<Vec<Mail>, Refusal>,
    show: impl FnOnce(&[String]) -> Value,
) -> HttpResponse {
    let key = request.headers().get("idempotency-key").and_then(|value| value.to_str().ok());
    if key.is_some_and(|key| key.is_empty() || key.len() > 256) {
        let message = "The idempotency key must be between 1-256 characters.";
        return Refusal::new(400, "invalid_idempotency_key", message).answer();
    }
    let asked: Value = match serde_json::from_slice(body) {
        Ok(asked) => asked,
        Err(fault) => return Refusal::invalid(format!("The request body is not JSON: {fault}.")).answer(),
    };
    // As a value and not as bytes: clients keep headers in hash maps, which have no order.
    let question = fingerprint("POST", request.path(), asked.to_string().as_bytes());
    let mails = match read(asked) {
        Ok(mails) => mails,
        Err(refusal) => return refusal.answer(),
    };
    house.change(Origin::default(), |books, moment| {
        let slot = key.map(|key| format!("resend {key}"));
        if let Some(slot) = &slot {
            match books.answers.begin(slot, &question, moment.now) {
                Known::New => {}
                Known::Answered(saved) => return respond(saved.status, saved.body),
                Known::Different => return other_question().answer(),
                Known::Running => return still_running().answer(),
            }
        }
        let ids: Vec<String> = mails
            .into_iter()
            .map(|mail| {
                let id = uuid::Uuid::new_v4().to_string();
                let key = key.map(str::to_owned);
                books.mails.add(Mail { id: id.clone(), idempotency_key: key, sent_at: moment.now, ..mail });
                id
            })
            .collect();
        let saved = Saved { status: 200, body: show(&ids).to_string(), request: String::new() };
        if let Some(slot) = slot {
            books.answers.finish(&slot, &question, moment.now, saved.clone());
        }
        respond(saved.status, saved.body)
    })
}

fn other_question() -> Refusal {
    let message = "Same idempotency key used with a different request payload.";
    Refusal::new(409, "invalid_idempotent_request", message)
}

fn still_running() -> Refusal {
    let message = "Same idempotency key used while original request is still in progress.";
    Refusal::new(409, "concurrent_idempotent_requests", message)
}

fn authorise(headers: &HeaderMap) -> Result<(), Refusal> {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match given.strip_prefix("Bearer ") {
        None | Some("") => {
            let message = "Missing API key in the authorization header. \
                           Include the following header `Authorization: Bearer YOUR_API_KEY` in the request.";
            Err(Refusal::new(401, "missing_api_key", message))
        }
        Some(key) if !key.starts_with("re_") => {
            Err(Refusal::new(403, "invalid_api_key", "API key is invalid"))
        }
        Some(_) => Ok(()),
    }
}
