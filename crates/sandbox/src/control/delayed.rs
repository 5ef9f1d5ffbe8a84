//! Payments that take days, on command: the payment page plays cards alone.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use serde::Deserialize;
use serde_json::json;

use super::routes::{read, refuse, unreadable};
use crate::house::House;
use crate::moment::Origin;
use crate::stripe::delayed;
use crate::stripe::payments::Paid;

/// What the bank says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    paid: bool,
}

/// `POST /control/sessions/{id}/promise`: the guest pays by a method whose money comes later.
pub async fn promise(house: Data<House>, id: Path<String>) -> HttpResponse {
    let house = house.into_inner();
    let promised = house
        .change(Origin::default(), |books, moment| delayed::promise(&house.public_url, books, moment, &id));
    match promised {
        Paid::Done(url) => HttpResponse::Ok().json(json!({"outcome": "unpaid", "redirect_to": url})),
        Paid::Unknown => refuse(StatusCode::NOT_FOUND, "no such session"),
        _ => refuse(StatusCode::CONFLICT, "the session is complete or expired"),
    }
}

/// `POST /control/sessions/{id}/settle`: the money has come, or never will.
pub async fn settle(house: Data<House>, id: Path<String>, body: Bytes) -> HttpResponse {
    let house = house.into_inner();
    let word: Word = match read(&body) {
        Ok(word) => word,
        Err(why) => return unreadable(&why),
    };
    let settled = house.change(Origin::default(), |books, moment| {
        delayed::settle(&house.public_url, books, moment, &id, word.paid)
    });
    if settled {
        HttpResponse::Ok().json(json!({"paid": word.paid}))
    } else {
        refuse(StatusCode::CONFLICT, "no money is on its way to this session")
    }
}
