//! Apple's push service, as far as passes in phones' wallets need it: takes notifications and remembers them. A phone that is gone is
//! played by a scripted fault (`status` 410). Real phones connect with TLS and HTTP/2, and the sender shows its certificate; here is
//! neither.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::control::faults::Provider;
use crate::control::play::{self, Turn};
use crate::house::House;
use crate::moment::Origin;

/// The largest notification that Apple takes.
const LARGEST: usize = 4096;

/// A notification that was taken.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Push {
    /// Apple's id.
    pub id: String,
    /// The phone's.
    pub token: String,
    /// The pass type.
    pub topic: String,
    /// What was in it.
    pub payload: Value,
    /// Unix seconds.
    pub sent_at: i64,
}

/// `POST /3/device/{token}`.
pub async fn push(
    house: Data<House>,
    request: HttpRequest,
    token: Path<String>,
    body: Bytes,
) -> HttpResponse {
    let house = house.into_inner();
    let fault = house.faults().take_request(Provider::Apple, request.method().as_str(), request.path());
    match play::before(&house, &request, fault.as_ref()).await {
        Turn::Go => {}
        Turn::Cut => return play::nothing(),
        Turn::Answer { status, body, retry_after, .. } => {
            let body = body.unwrap_or_else(|| json!({ "reason": scripted(status) }).to_string());
            return play::with_retry_after(respond(status, body), retry_after);
        }
    }
    let answer = take(&house, &request, &token, &body);
    match play::after(&house, &request, fault.as_ref()).await {
        Turn::Cut => play::nothing(),
        _ => answer,
    }
}

fn take(house: &Arc<House>, request: &HttpRequest, token: &str, body: &Bytes) -> HttpResponse {
    let refuse = |status: u16, reason: &str| respond(status, json!({ "reason": reason }).to_string());
    if !(64..=200).contains(&token.len()) || !token.bytes().all(|letter| letter.is_ascii_hexdigit()) {
        return refuse(400, "BadDeviceToken");
    }
    let topic = request.headers().get("apns-topic").and_then(|value| value.to_str().ok());
    let Some(topic) = topic.filter(|topic| !topic.is_empty()) else { return refuse(400, "MissingTopic") };
    if body.len() > LARGEST {
        return refuse(413, "PayloadTooLarge");
    }
    let Ok(payload) = serde_json::from_slice::<Value>(body) else { return refuse(400, "PayloadEmpty") };
    let id = uuid::Uuid::new_v4().to_string();
    house.change(Origin::default(), |books, moment| {
        books.pushes.push(Push {
            id: id.clone(),
            token: token.to_owned(),
            topic: topic.to_owned(),
            payload,
            sent_at: moment.now,
        });
    });
    HttpResponse::Ok().insert_header(("apns-id", id)).finish()
}

fn scripted(status: u16) -> &'static str {
    match status {
        400 => "BadDeviceToken",
        403 => "BadCertificate",
        410 => "Unregistered",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        _ => "InternalServerError",
    }
}

fn respond(status: u16, body: String) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .content_type("application/json")
        .body(body)
}
