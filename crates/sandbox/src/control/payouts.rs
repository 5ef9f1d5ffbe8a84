//! Payouts on command, and lines of the balance that no guest caused: Stripe's schedule makes them otherwise.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};

use super::routes::{read, refuse, unreadable};
use crate::house::House;
use crate::moment::Origin;
use crate::stripe::payouts::{self, Making, Move, Other};

/// `POST /control/payouts`: what stands on the balance goes to the bank.
pub async fn make_payout(house: Data<House>, body: Bytes) -> HttpResponse {
    let asked: Making = match read(&body) {
        Ok(asked) => asked,
        Err(why) => return unreadable(&why),
    };
    let made =
        house.into_inner().change(Origin::default(), |books, moment| payouts::make(books, moment, &asked));
    answer(made)
}

/// `POST /control/payouts/{id}`: it arrives, fails or is called off.
pub async fn move_payout(house: Data<House>, id: Path<String>, body: Bytes) -> HttpResponse {
    let asked: Move = match read(&body) {
        Ok(asked) => asked,
        Err(why) => return unreadable(&why),
    };
    let moved = house
        .into_inner()
        .change(Origin::default(), |books, moment| payouts::go_on(books, moment, &id, &asked));
    answer(moved)
}

/// `POST /control/balance`: a fee of Stripe's own, or money of another business.
pub async fn add_to_balance(house: Data<House>, body: Bytes) -> HttpResponse {
    let asked: Other = match read(&body) {
        Ok(asked) => asked,
        Err(why) => return unreadable(&why),
    };
    let added =
        house.into_inner().change(Origin::default(), |books, moment| payouts::other(books, moment, &asked));
    answer(added)
}

fn answer(done: Result<serde_json::Value, String>) -> HttpResponse {
    match done {
        Ok(object) => HttpResponse::Ok().json(object),
        Err(why) => refuse(StatusCode::CONFLICT, &why),
    }
}
