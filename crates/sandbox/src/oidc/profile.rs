//! Who holds a token, as Facebook and GitHub tell it.

use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Person, around, respond};
use crate::house::House;

/// Facebook takes the token in the address, too, and gives what is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    access_token: String,
    fields: String,
}

/// `GET /facebook/me`.
pub async fn me(house: Data<House>, request: HttpRequest, wanted: Query<Wanted>) -> HttpResponse {
    let house = house.into_inner();
    around(&house, &request, || {
        let Some(person) = holder(&house, &request, &wanted.access_token) else {
            let told =
                json!({"message": "Invalid OAuth access token.", "type": "OAuthException", "code": 190});
            return respond(400, &json!({ "error": told }));
        };
        let mut answer = json!({ "id": person.sub });
        for field in wanted.fields.split(',') {
            match field {
                "name" => answer["name"] = json!(person.name),
                "email" if !person.email.is_empty() => answer["email"] = json!(person.email),
                _ => {}
            }
        }
        respond(200, &answer)
    })
    .await
}

/// `GET /github/user`: its keys are numbers.
pub async fn user(house: Data<House>, request: HttpRequest) -> HttpResponse {
    let house = house.into_inner();
    around(&house, &request, || {
        let Some(person) = holder(&house, &request, "") else { return unknown() };
        let name = if person.name.is_empty() { Value::Null } else { json!(person.name) };
        respond(200, &json!({ "id": number(&person.sub), "login": "somebody", "name": name, "email": null }))
    })
    .await
}

/// `GET /github/user/emails`.
pub async fn emails(house: Data<House>, request: HttpRequest) -> HttpResponse {
    let house = house.into_inner();
    around(&house, &request, || {
        let Some(person) = holder(&house, &request, "") else { return unknown() };
        let mut list = vec![json!({
            "email": format!("{}@users.noreply.github.com", number(&person.sub)),
            "primary": person.email.is_empty(), "verified": true, "visibility": null,
        })];
        if !person.email.is_empty() {
            let verified = person.verified;
            list.push(json!({
                "email": person.email, "primary": true, "verified": verified, "visibility": "private",
            }));
        }
        respond(200, &json!(list))
    })
    .await
}

/// A person's key as a number: itself, or made of its letters.
fn number(sub: &str) -> u64 {
    let made = || sub.bytes().fold(7_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000_000_007);
    sub.parse().unwrap_or_else(|_| made())
}

fn holder(house: &House, request: &HttpRequest, token: &str) -> Option<Person> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = header.and_then(|value| value.split_once(' ')).map(|(_, token)| token);
    house.look(|books| books.bearers.get(bearer.unwrap_or(token)).cloned())
}

fn unknown() -> HttpResponse {
    respond(
        401,
        &json!({ "message": "Bad credentials", "documentation_url": "https://docs.github.com/rest" }),
    )
}
