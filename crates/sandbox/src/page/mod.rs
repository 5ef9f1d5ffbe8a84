//! The hosted payment page: what Stripe Checkout shows a guest, plainly marked as a test.
//!
//! Works without JavaScript. A finished step answers 303: to the shop when paid, to the challenge when the bank
//! asks, back to this page when the card was refused.

mod view;

use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::control::faults::Provider;
use crate::control::play::{self, Turn};
use crate::house::House;
use crate::moment::Origin;
use crate::stripe::payments::{self, Paid};

/// The form on the payment page.
#[derive(Debug, Deserialize)]
pub struct Card {
    #[serde(default)]
    card_number: String,
}

/// The form on the challenge page.
#[derive(Debug, Deserialize)]
pub struct Challenge {
    #[serde(default)]
    outcome: String,
}

/// Why the guest is back.
#[derive(Debug, Default, Deserialize)]
pub struct Back {
    declined: Option<String>,
}

/// `GET /c/pay/{session}`.
pub async fn show(house: Data<House>, id: Path<String>, back: Query<Back>) -> HttpResponse {
    // Time passes first, so that an overdue session is shown as over.
    let house = house.into_inner();
    let session = house.change(Origin::default(), |books, _| books.sessions.get(id.as_str()).cloned());
    let Some(session) = session else { return view::unknown() };
    let refusal = house.look(|books| {
        let payment = session.payment_intent.as_deref().and_then(|id| books.payments.get(id));
        payment.and_then(|payment| payment.last_error.as_ref().map(|error| error.message.clone()))
    });
    let refusal = match back.declined.as_deref() {
        None => None,
        Some("incorrect_number") => Some("Your card number is incorrect.".to_owned()),
        Some(_) => Some(refusal.unwrap_or_else(|| "Your card was declined.".to_owned())),
    };
    view::payment(&house, &session, refusal)
}

/// `POST /c/pay/{session}/pay`.
pub async fn pay(
    house: Data<House>,
    request: HttpRequest,
    id: Path<String>,
    card: Form<Card>,
) -> HttpResponse {
    let house = house.into_inner();
    let fault = house.faults().take_request(Provider::Page, "POST", request.path());
    match play::before(&house, &request, fault.as_ref()).await {
        Turn::Go => {}
        Turn::Cut => return play::nothing(),
        Turn::Answer { status, .. } => return view::broken(status),
    }
    let paid = house.change(Origin::default(), |books, moment| {
        payments::pay(&house.public_url, books, moment, &id, &card.card_number)
    });
    match play::after(&house, &request, fault.as_ref()).await {
        Turn::Cut => play::nothing(),
        _ => onwards(&id, &paid),
    }
}

/// `GET /c/pay/{session}/challenge`.
pub async fn challenge(house: Data<House>, id: Path<String>) -> HttpResponse {
    let waiting = house.look(|books| {
        books.sessions.get(id.as_str()).filter(|session| session.challenged.is_some()).cloned()
    });
    match waiting {
        Some(session) => view::challenge(&session),
        None => see_other(&format!("/c/pay/{id}")),
    }
}

/// `POST /c/pay/{session}/challenge`.
pub async fn answer(house: Data<House>, id: Path<String>, form: Form<Challenge>) -> HttpResponse {
    let house = house.into_inner();
    let passed = form.outcome == "complete";
    let paid = house.change(Origin::default(), |books, moment| {
        payments::answer_challenge(&house.public_url, books, moment, &id, passed)
    });
    onwards(&id, &paid)
}

/// Where a step leads the guest.
fn onwards(id: &str, paid: &Paid) -> HttpResponse {
    match paid {
        Paid::Done(url) => see_other(url),
        Paid::Challenge => see_other(&format!("/c/pay/{id}/challenge")),
        Paid::Declined(decline) => see_other(&format!("/c/pay/{id}?declined={}", decline.code)),
        // The page itself says that it is over, and how to go on.
        Paid::Closed => see_other(&format!("/c/pay/{id}")),
        Paid::Unknown => view::unknown(),
    }
}

fn see_other(url: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, url)).finish()
}
