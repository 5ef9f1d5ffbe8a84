//! The control API's handlers.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::faults::Script;
use crate::books::Books;
use crate::house::House;
use crate::moment::Origin;
use crate::stripe::payments::{self, Paid};
use crate::webhooks::{self, Endpoint, Manner};

/// Reads JSON and says plainly what is wrong with it: scripts are written by hand.
pub(super) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, String> {
    let text = if body.is_empty() { b"{}".as_slice() } else { body };
    serde_json::from_slice(text).map_err(|fault| fault.to_string())
}

pub(super) fn unreadable(why: &str) -> HttpResponse {
    refuse(StatusCode::UNPROCESSABLE_ENTITY, why)
}

pub(super) fn refuse(status: StatusCode, why: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({ "error": why }))
}

/// `POST /control/faults`: one script or a list of them.
pub async fn add_fault(house: Data<House>, body: Bytes) -> HttpResponse {
    let value: Value = match read(&body) {
        Ok(value) => value,
        Err(why) => return unreadable(&why),
    };
    let many = if let Value::Array(list) = value { list } else { vec![value] };
    let scripts: Result<Vec<Script>, _> = many.into_iter().map(serde_json::from_value).collect();
    let scripts = match scripts {
        Ok(scripts) => scripts,
        Err(fault) => return unreadable(&fault.to_string()),
    };
    if let Some(why) = scripts.iter().find_map(Script::fault) {
        return unreadable(why);
    }
    let mut book = house.faults();
    let added: Vec<_> = scripts.into_iter().map(|script| book.add(script)).collect();
    HttpResponse::Created().json(json!({ "faults": added }))
}

/// `GET /control/faults`.
pub async fn faults(house: Data<House>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "faults": house.faults().all() }))
}

/// `DELETE /control/faults`.
pub async fn delete_faults(house: Data<House>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "deleted": house.faults().delete(None) }))
}

/// `DELETE /control/faults/{id}`.
pub async fn delete_fault(house: Data<House>, id: Path<u64>) -> HttpResponse {
    match house.faults().delete(Some(*id)) {
        0 => refuse(StatusCode::NOT_FOUND, "no such fault"),
        deleted => HttpResponse::Ok().json(json!({ "deleted": deleted })),
    }
}

/// `GET /control/webhooks`: every event with the deliveries tried, oldest first.
pub async fn webhooks(house: Data<House>) -> HttpResponse {
    let shown: Vec<Value> = house.look(|books| {
        let show = |event: &crate::stripe::events::Event| {
            json!({
                "event": event.id, "type": event.kind, "object": event.object["id"], "created": event.created,
                "settled": event.settled,
                "attempts": books.attempts.get(&event.id).map(Vec::as_slice).unwrap_or_default(),
            })
        };
        books.events.iter().map(show).collect()
    });
    HttpResponse::Ok().json(json!({ "webhooks": shown }))
}

/// How to send an event again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Again {
    times: u32,
    concurrent: bool,
    age_seconds: i64,
    secret: Option<String>,
}

impl Default for Again {
    fn default() -> Self {
        Self { times: 1, concurrent: false, age_seconds: 0, secret: None }
    }
}

/// `POST /control/webhooks/{event}/send`: answers when all copies are through.
pub async fn send_webhook(house: Data<House>, event: Path<String>, body: Bytes) -> HttpResponse {
    let house = house.into_inner();
    let again: Again = match read(&body) {
        Ok(again) => again,
        Err(why) => return unreadable(&why),
    };
    if house.endpoint().url.is_none() {
        return refuse(StatusCode::CONFLICT, "no webhook endpoint is set");
    }
    if house.look(|books| books.events.get(&event).is_none()) {
        return refuse(StatusCode::NOT_FOUND, "no such event");
    }
    let mut manner = Manner::because("again");
    manner.age = again.age_seconds;
    manner.secret = again.secret;
    let attempts = if again.concurrent {
        let copies = (0..again.times).map(|_| webhooks::send_once(&house, &event, &manner));
        futures::future::join_all(copies).await
    } else {
        let mut attempts = Vec::new();
        for _ in 0..again.times {
            attempts.push(webhooks::send_once(&house, &event, &manner).await);
        }
        attempts
    };
    HttpResponse::Ok().json(json!({ "attempts": attempts }))
}

/// `POST /control/webhooks/release`: held webhooks leave now.
pub async fn release(house: Data<House>) -> HttpResponse {
    let waiting = house.delivered.send(webhooks::RELEASE.to_owned()).unwrap_or(0);
    HttpResponse::Ok().json(json!({ "heard_by": waiting }))
}

/// `PUT /control/webhook-endpoint`.
pub async fn set_endpoint(house: Data<House>, body: Bytes) -> HttpResponse {
    match read::<Endpoint>(&body) {
        Ok(endpoint) => {
            house.set_endpoint(endpoint);
            HttpResponse::NoContent().finish()
        }
        Err(why) => unreadable(&why),
    }
}

/// The sandbox's time relative to the machine's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offset {
    offset_seconds: i64,
}

/// `POST /control/clock`: sessions expire by this time at once.
pub async fn set_clock(house: Data<House>, body: Bytes) -> HttpResponse {
    match read::<Offset>(&body) {
        Ok(offset) => {
            house.clock.set_offset(offset.offset_seconds);
            house.clone().into_inner().tick();
            HttpResponse::Ok().json(json!({"now": house.clock.now(), "offset_seconds": house.clock.offset()}))
        }
        Err(why) => unreadable(&why),
    }
}

/// A guest without a browser.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guest {
    card_number: String,
    #[serde(default)]
    challenge: Step,
}

/// What the guest does when the bank asks.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Passes.
    #[default]
    Complete,
    /// Does not.
    Fail,
    /// Closes the page.
    Leave,
}

/// `POST /control/sessions/{id}/pay`.
pub async fn pay(house: Data<House>, id: Path<String>, body: Bytes) -> HttpResponse {
    let house = house.into_inner();
    let guest: Guest = match read(&body) {
        Ok(guest) => guest,
        Err(why) => return unreadable(&why),
    };
    let paid = house.change(Origin::default(), |books, moment| {
        let first = payments::pay(&house.public_url, books, moment, &id, &guest.card_number);
        if first != Paid::Challenge || guest.challenge == Step::Leave {
            return first;
        }
        let passed = guest.challenge == Step::Complete;
        payments::answer_challenge(&house.public_url, books, moment, &id, passed)
    });
    match paid {
        Paid::Done(url) => HttpResponse::Ok().json(json!({"outcome": "paid", "redirect_to": url})),
        Paid::Challenge => HttpResponse::Ok().json(json!({"outcome": "challenge"})),
        Paid::Declined(decline) => {
            HttpResponse::Ok().json(json!({"outcome": "declined", "decline": decline}))
        }
        Paid::Closed => refuse(StatusCode::CONFLICT, "the session is complete or expired"),
        Paid::Unknown => refuse(StatusCode::NOT_FOUND, "no such session"),
    }
}

/// `POST /control/reset`: empty books, no faults, the machine's time. The webhook endpoint stays.
pub async fn reset(house: Data<House>) -> HttpResponse {
    let house = house.into_inner();
    house.faults().delete(None);
    house.clock.set_offset(0);
    house.change(Origin::default(), |books, _| *books = Books::default());
    HttpResponse::NoContent().finish()
}
