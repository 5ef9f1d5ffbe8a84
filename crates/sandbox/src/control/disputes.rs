//! Disputes on command: Stripe's API opens none.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};

use super::routes::{read, refuse, unreadable};
use crate::house::House;
use crate::moment::Origin;
use crate::stripe::disputes::{self, Move, Opening};

/// `POST /control/disputes`: a payer's bank takes a payment back, or asks about it.
pub async fn open_dispute(house: Data<House>, body: Bytes) -> HttpResponse {
    let asked: Opening = match read(&body) {
        Ok(asked) => asked,
        Err(why) => return unreadable(&why),
    };
    let opened =
        house.into_inner().change(Origin::default(), |books, moment| disputes::open(books, moment, asked));
    answer(opened)
}

/// `POST /control/disputes/{id}`: it goes on, to its end or short of it.
pub async fn move_dispute(house: Data<House>, id: Path<String>, body: Bytes) -> HttpResponse {
    let asked: Move = match read(&body) {
        Ok(asked) => asked,
        Err(why) => return unreadable(&why),
    };
    let moved = house
        .into_inner()
        .change(Origin::default(), |books, moment| disputes::go_on(books, moment, &id, &asked));
    answer(moved)
}

fn answer(done: Result<serde_json::Value, String>) -> HttpResponse {
    match done {
        Ok(dispute) => HttpResponse::Ok().json(dispute),
        Err(why) => refuse(StatusCode::CONFLICT, &why),
    }
}
