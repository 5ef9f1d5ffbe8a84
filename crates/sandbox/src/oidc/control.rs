//! `/control/people/{provider}`: who answers there from now on, without a page.

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data, Path};
use serde_json::json;

use super::{Flavour, Person, respond};
use crate::house::House;
use crate::moment::Origin;

/// `PUT`: this one.
pub async fn say(house: Data<House>, provider: Path<String>, body: Bytes) -> HttpResponse {
    let Some(flavour) = Flavour::named(&provider) else { return not_here() };
    match serde_json::from_slice::<Person>(&body) {
        Ok(person) => {
            house.into_inner().change(Origin::default(), |books, _| {
                books.people.insert(flavour.code().to_owned(), person);
            });
            HttpResponse::NoContent().finish()
        }
        Err(fault) => respond(422, &json!({ "error": fault.to_string() })),
    }
}

/// `DELETE`: whoever sits at the page.
pub async fn forget(house: Data<House>, provider: Path<String>) -> HttpResponse {
    let Some(flavour) = Flavour::named(&provider) else { return not_here() };
    house.into_inner().change(Origin::default(), |books, _| books.people.remove(flavour.code()));
    HttpResponse::NoContent().finish()
}

fn not_here() -> HttpResponse {
    respond(404, &json!({ "error": "no such provider: google, apple, facebook, github" }))
}
