//! Twilio, as far as codes by SMS need it: takes messages and shows them to who looks.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock;
use crate::control::faults::Provider;
use crate::control::play::{self, Turn};
use crate::house::House;
use crate::html;
use crate::moment::Origin;

/// As many letters as ten parts of a message hold.
const LONGEST: usize = 1600;

/// A message that was taken.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sms {
    /// Twilio's id.
    pub sid: String,
    /// To which number.
    pub to: String,
    /// From which.
    pub from: String,
    /// What it says.
    pub body: String,
    /// Unix seconds.
    pub sent_at: i64,
}

/// What is to be sent; Twilio's names.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Asked {
    to: String,
    from: String,
    messaging_service_sid: String,
    body: String,
}

/// `?to=` narrows to one number.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "texts.html")]
struct ListPage {
    texts: Vec<Sms>,
}

/// `POST /2010-04-01/Accounts/{account}/Messages.json`.
pub async fn send(
    house: Data<House>,
    request: HttpRequest,
    account: Path<String>,
    asked: Form<Asked>,
) -> HttpResponse {
    let house = house.into_inner();
    let fault = house.faults().take_request(Provider::Twilio, request.method().as_str(), request.path());
    match play::before(&house, &request, fault.as_ref()).await {
        Turn::Go => {}
        Turn::Cut => return play::nothing(),
        Turn::Answer { status, body, retry_after, .. } => {
            let answer = match body {
                Some(body) => raw(status, body),
                None if status == 429 => refuse(429, 20429, "Too Many Requests"),
                None => refuse(status, 20500, "As scripted in the sandbox."),
            };
            return play::with_retry_after(answer, retry_after);
        }
    }
    let answer = take(&house, &request, &account, &asked);
    match play::after(&house, &request, fault.as_ref()).await {
        Turn::Cut => play::nothing(),
        _ => answer,
    }
}

fn take(house: &Arc<House>, request: &HttpRequest, account: &str, asked: &Asked) -> HttpResponse {
    if !is_known(request, account) {
        return refuse(401, 20003, "Authenticate");
    }
    if !is_number(&asked.to) {
        return refuse(400, 21211, &format!("Invalid 'To' Phone Number: {}", asked.to));
    }
    let from = if asked.from.is_empty() { &asked.messaging_service_sid } else { &asked.from };
    if from.is_empty() {
        return refuse(400, 21603, "A 'From' phone number is required.");
    }
    if asked.body.is_empty() {
        return refuse(400, 21602, "Message body is required.");
    }
    if asked.body.chars().count() > LONGEST {
        return refuse(400, 21617, "The concatenated message body exceeds the 1600 character limit.");
    }
    let sid = format!("SM{}", uuid::Uuid::new_v4().simple());
    house.change(Origin::default(), |books, moment| {
        books.texts.push(Sms {
            sid: sid.clone(),
            to: asked.to.clone(),
            from: from.clone(),
            body: asked.body.clone(),
            sent_at: moment.now,
        });
    });
    let said = json!({
        "sid": sid, "account_sid": account, "to": asked.to, "from": from, "body": asked.body,
        "status": "queued", "error_code": null, "error_message": null, "num_segments": "1",
    });
    raw(201, said.to_string())
}

/// Whether the account, or a key of it, and some secret are shown.
fn is_known(request: &HttpRequest, account: &str) -> bool {
    let value =
        request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let text = value.strip_prefix("Basic ").and_then(|value| STANDARD.decode(value).ok()).unwrap_or_default();
    let text = String::from_utf8(text).unwrap_or_default();
    let (user, secret) = text.split_once(':').unwrap_or_default();
    account.starts_with("AC") && (user == account || user.starts_with("SK")) && !secret.is_empty()
}

/// E.164; numbers that begin with `+1500` are those that Twilio, too, refuses in tests.
fn is_number(to: &str) -> bool {
    let digits = to.strip_prefix('+').unwrap_or_default();
    (8..=15).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && !digits.starts_with('0')
        && !digits.starts_with("1500")
}

/// `GET /texts`, newest first.
pub async fn list(house: Data<House>) -> HttpResponse {
    let texts = house.look(|books| books.texts.iter().rev().take(200).cloned().collect());
    html::page(StatusCode::OK, &ListPage { texts })
}

/// `GET /texts.json`, oldest first.
pub async fn json(house: Data<House>, wanted: Query<Wanted>) -> HttpResponse {
    let shown: Vec<Value> = house.look(|books| {
        let fits = |sms: &&Sms| wanted.to.as_deref().is_none_or(|to| sms.to == to.trim());
        books.texts.iter().filter(fits).map(shown).collect()
    });
    HttpResponse::Ok().json(shown)
}

fn shown(sms: &Sms) -> Value {
    json!({"sid": sms.sid, "to": sms.to, "from": sms.from, "body": sms.body, "sent_at": clock::rfc3339(sms.sent_at)})
}

fn refuse(status: u16, code: u32, message: &str) -> HttpResponse {
    let more = format!("https://www.twilio.com/docs/errors/{code}");
    raw(status, json!({"code": code, "message": message, "more_info": more, "status": status}).to_string())
}

fn raw(status: u16, body: String) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .content_type("application/json")
        .body(body)
}
