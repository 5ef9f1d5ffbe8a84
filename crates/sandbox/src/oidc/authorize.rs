//! The page on which somebody says who they are.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use reqwest::Url;
use serde::Deserialize;
use serde_json::json;

use super::model::{Grant, Person};
use super::{Flavour, around, respond};
use crate::house::House;
use crate::html;
use crate::ids::random;
use crate::moment::Origin;

/// What the client asks for, and what the person answers on the page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    response_mode: String,
    scope: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
    sub: String,
    email: String,
    verified: String,
    name: String,
    outcome: String,
}

#[derive(Template)]
#[template(path = "who.html")]
struct WhoPage {
    provider: &'static str,
    action: String,
    hidden: Vec<(&'static str, String)>,
}

/// Apple's way back: a form that is sent to the club's site.
#[derive(Template)]
#[template(path = "back.html")]
struct BackPage {
    action: String,
    fields: Vec<(&'static str, String)>,
}

/// `GET` of the authorization endpoint.
pub async fn ask(house: Data<House>, request: HttpRequest, asked: Query<Asked>) -> HttpResponse {
    let (house, flavour, asked) = (house.into_inner(), Flavour::of(&request), asked.into_inner());
    around(&house, &request, || {
        if let Some(problem) = wrong(flavour, &asked) {
            return respond(400, &json!({ "error": "invalid_request", "error_description": problem }));
        }
        match house.look(|books| books.people.get(flavour.code()).cloned()) {
            Some(person) => lead_back(&house, flavour, &asked, person),
            None => html::page(StatusCode::OK, &page(flavour, &request, asked)),
        }
    })
    .await
}

/// `POST` of the same: the page's form.
pub async fn answer(house: Data<House>, request: HttpRequest, form: Form<Asked>) -> HttpResponse {
    let (house, flavour, asked) = (house.into_inner(), Flavour::of(&request), form.into_inner());
    if let Some(problem) = wrong(flavour, &asked) {
        return respond(400, &json!({ "error": "invalid_request", "error_description": problem }));
    }
    let sub = if asked.sub.is_empty() { format!("sandbox-{}", asked.email) } else { asked.sub.clone() };
    let person = Person {
        sub,
        email: asked.email.clone(),
        verified: asked.verified == "yes",
        name: asked.name.clone(),
        denies: asked.outcome == "cancel",
    };
    lead_back(&house, flavour, &asked, person)
}

/// What is wrong with the question.
fn wrong(flavour: Flavour, asked: &Asked) -> Option<&'static str> {
    if asked.client_id.is_empty() {
        return Some("client_id is missing");
    }
    if Url::parse(&asked.redirect_uri).is_err() {
        return Some("redirect_uri is not a URL");
    }
    // GitHub and Facebook assume it.
    let assumed = matches!(flavour, Flavour::Facebook | Flavour::Github) && asked.response_type.is_empty();
    if asked.response_type != "code" && !assumed {
        return Some("response_type must be code");
    }
    if !asked.code_challenge.is_empty() && asked.code_challenge_method != "S256" {
        return Some("code_challenge_method must be S256");
    }
    let openid = matches!(flavour, Flavour::Google) && !asked.scope.split(' ').any(|scope| scope == "openid");
    if openid {
        return Some("scope must name openid");
    }
    if flavour == Flavour::Apple && !asked.scope.is_empty() && asked.response_mode != "form_post" {
        return Some("response_mode must be form_post when name or email scope is requested.");
    }
    None
}

fn page(flavour: Flavour, request: &HttpRequest, asked: Asked) -> WhoPage {
    WhoPage {
        provider: flavour.name(),
        action: request.path().to_owned(),
        hidden: vec![
            ("client_id", asked.client_id),
            ("redirect_uri", asked.redirect_uri),
            ("response_type", asked.response_type),
            ("response_mode", asked.response_mode),
            ("scope", asked.scope),
            ("state", asked.state),
            ("nonce", asked.nonce),
            ("code_challenge", asked.code_challenge),
            ("code_challenge_method", asked.code_challenge_method),
        ],
    }
}

fn lead_back(house: &Arc<House>, flavour: Flavour, asked: &Asked, person: Person) -> HttpResponse {
    let mut fields = Vec::new();
    if person.denies {
        let error = if flavour == Flavour::Apple { "user_cancelled_authorize" } else { "access_denied" };
        fields.push(("error", error.to_owned()));
    } else {
        if flavour == Flavour::Apple && !person.name.is_empty() {
            let (first, last) = person.name.split_once(' ').unwrap_or((person.name.as_str(), ""));
            let user = json!({"name": {"firstName": first, "lastName": last}, "email": person.email});
            fields.push(("user", user.to_string()));
        }
        fields.push(("code", grant(house, flavour, asked, person)));
    }
    if !asked.state.is_empty() {
        fields.push(("state", asked.state.clone()));
    }
    if asked.response_mode == "form_post" {
        return html::page(StatusCode::OK, &BackPage { action: asked.redirect_uri.clone(), fields });
    }
    let Ok(mut url) = Url::parse(&asked.redirect_uri) else {
        return respond(400, &json!({ "error": "invalid_request" }));
    };
    url.query_pairs_mut().extend_pairs(fields);
    HttpResponse::SeeOther().insert_header((LOCATION, url.as_str())).finish()
}

fn grant(house: &Arc<House>, flavour: Flavour, asked: &Asked, person: Person) -> String {
    let code = random("code-", 32);
    house.change(Origin::default(), |books, moment| {
        let grant = Grant {
            flavour: flavour.code().to_owned(),
            client_id: asked.client_id.clone(),
            redirect_uri: asked.redirect_uri.clone(),
            nonce: asked.nonce.clone(),
            challenge: asked.code_challenge.clone(),
            person,
            made_at: moment.now,
            used: false,
        };
        books.grants.insert(code.clone(), grant);
    });
    code
}
