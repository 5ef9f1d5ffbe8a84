//! `POST /api/v1/checkouts`.

use std::collections::BTreeMap;

use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{ApiJson, ClientAddress, Fault, Locale, Problem, RequestId};

use super::place::{self, Placed};
use super::wish::{Amount, Asked, Wish};
use crate::Shop;
use crate::api_types::QuoteBody;
use crate::inventory::HoldRequest;
use crate::payments::resume::Next;
use crate::waiting_room::guard::{self, Turn, Waiting};
use crate::waiting_room::places;

/// What to buy. There is no price in it: prices are ours, but for types whose price the guest names (`amount_minor`).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckoutRequest {
    /// UUID or slug of a published event.
    pub event: String,
    /// Ticket types of that event.
    pub items: Vec<CheckoutItem>,
    /// Who buys.
    pub buyer: CheckoutBuyer,
    /// A promo code.
    #[serde(default)]
    pub promo: Option<String>,
    /// Opens a private night or hidden ticket types.
    #[serde(default)]
    pub access_code: Option<String>,
    /// Answers to the night's questions by their places: `QUESTION` for one of the order, `QUESTION.TICKET_TYPE.NUMBER` for
    /// one of each ticket, numbered from 1 among those of its type. Text; `yes` or `no` (or true, false); `YYYY-MM-DD`.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    pub answers: BTreeMap<String, serde_json::Value>,
}

/// Some tickets of one type.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckoutItem {
    /// UUID of the ticket type.
    pub ticket_type: String,
    /// How many: a whole number from 1 to the type's `max_per_order`.
    #[schema(value_type = u32, minimum = 1)]
    pub quantity: serde_json::Value,
    /// What the guest pays for each, minor units, before fee and tax on top: only for a type with a `guest_price`, and within
    /// it. Left out: the type's price.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub amount_minor: Option<serde_json::Value>,
}

impl CheckoutItem {
    pub(super) fn asked(self) -> Asked {
        let amount = |value: serde_json::Value| value.as_i64().map_or(Amount::Unreadable, Amount::Minor);
        Asked {
            ticket_type: self.ticket_type,
            quantity: self.quantity.as_i64(),
            amount: self.amount_minor.map_or(Amount::None, amount),
        }
    }
}

/// Who buys.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckoutBuyer {
    /// Name on the tickets.
    pub name: String,
    /// Where they are mailed.
    pub email: String,
}

/// The order that stands, and where it is paid.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckoutAnswer {
    /// The order.
    pub order: OrderAddress,
    /// Stripe's page. Null where there is nothing to pay (any more): see the order.
    pub checkout_url: Option<String>,
    /// How long the places are held.
    pub expires_at: DateTime<Utc>,
    /// What is charged.
    pub quote: QuoteBody,
}

/// An order's name and page.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderAddress {
    /// Its name among people.
    pub reference: String,
    /// Its page. Whoever has this address is the guest.
    pub url: String,
}

/// The payment service does not answer; the order stands and its places are held.
#[derive(Debug, Serialize, ToSchema)]
struct PaymentUnavailable {
    #[serde(flatten)]
    problem: Problem,
    order: OrderAddress,
}

/// More guests are at checkout than are let in at once; this one has a place in the waiting room.
#[derive(Debug, Serialize, ToSchema)]
struct InLine {
    #[serde(flatten)]
    problem: Problem,
    place: PlaceBody,
}

/// A place in a night's waiting room.
#[derive(Debug, Serialize, ToSchema)]
struct PlaceBody {
    /// Send it as `Waiting-Place` with the next try.
    token: String,
    /// Its number.
    number: i64,
    /// How many are before it.
    before: i64,
    /// How long that takes, in seconds.
    wait_seconds: i64,
}

/// Holds places and opens the payment page. The same `Idempotency-Key` with the same body gives the same order.
#[utoipa::path(
    post, path = "/api/v1/checkouts", tag = "buying", request_body = CheckoutRequest,
    params(
        ("Idempotency-Key" = String, Header, description = "1 to 250 visible ASCII characters, new for each order"),
        ("Waiting-Place" = Option<String>, Header, description = "The `place.token` of an earlier `waiting_room`; it is one buyer's"),
    ),
    responses(
        (status = 201, description = "Places are held", body = CheckoutAnswer),
        (status = 400, description = "`idempotency_key_required`, `idempotency_key_invalid`, `invalid_json`, `invalid_encoding`", body = Problem),
        (status = 404, description = "`not_found`: no such event on sale", body = Problem),
        (status = 409, description = "`sold_out`, `not_on_sale`, `limit_exceeded`, `too_many_open`, `access_code_used`, `promo_exhausted`, `request_in_progress`", body = Problem),
        (status = 422, description = "`invalid_quantity`, `invalid_amount`, `amount_not_accepted`, `amount_out_of_range`, `unknown_ticket_type`, `invalid_name`, `invalid_email`, `promo_invalid`, `promo_expired`, `promo_not_applicable`, `entry_required`, `companion_required`, `answer_required`, `invalid_answer`, `unknown_question`, `order_too_small`, `unknown_field`, `idempotency_key_reused`. `unknown_ticket_type` is also a type of another night, and one hidden from this guest: the night was found, and of several items the field says which one is meant, which a 404 could not; all three are answered alike, so that nothing is told of what is hidden", body = Problem),
        (status = 429, description = "`rate_limited`: too many wrong codes; `network_busy`: many guests of this network came at once; `waiting_room` with the `place` there: ask again after `Retry-After`", body = Problem),
        (status = 503, description = "`payment_unavailable` with the standing `order`, or `unavailable`", body = Problem),
    )
)]
pub async fn create(
    shop: Data<Shop>,
    request: HttpRequest,
    locale: Locale,
    from: ClientAddress,
    body: ApiJson<CheckoutRequest>,
) -> Result<HttpResponse, Fault> {
    let key = idempotency_key(&request)?;
    let wish = body.into_inner().wish(locale);
    let hold = wish.judge(&format!("api:{key}")).map_err(|complaints| place::misshapen(&complaints))?;
    respond(&shop, &request, &from, hold).await
}

/// Places what a client asks for, and says how it stands.
pub(crate) async fn respond(
    shop: &Shop,
    request: &HttpRequest,
    from: &ClientAddress,
    hold: HoldRequest,
) -> Result<HttpResponse, Fault> {
    let hold = HoldRequest { client: Some(from.as_str().to_owned()), ..hold };
    let pass = match guard::turn(shop, request, from, &hold).await? {
        Turn::Go(pass) => pass,
        Turn::Wait(waiting) => return Ok(waits(waiting, request)),
    };
    let placed = place::place_from(shop, from, hold).await;
    if let Err(fault) = &placed {
        guard::settle(shop, pass.as_ref(), fault).await;
    }
    let placed = placed?;
    let order = OrderAddress {
        url: shop.links.url_of(placed.id, &placed.reference),
        reference: placed.reference.clone(),
    };
    match placed.next.clone() {
        Next::PayAt(url) => Ok(created(placed, order, Some(url))),
        Next::Look => Ok(created(placed, order, None)),
        Next::Busy => Err(place::in_progress()),
        Next::Closed => Err(place::closed()),
        Next::Unavailable => Ok(unavailable(order, request)),
    }
}

/// The `Idempotency-Key` of a request.
pub(crate) fn idempotency_key(request: &HttpRequest) -> Result<&str, Fault> {
    let key = request.headers().get("idempotency-key").map(|value| value.to_str().unwrap_or_default());
    match key {
        // Our own prefix stands before it in the table, whose limit is 255.
        Some(key) if (1..=250).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) => Ok(key),
        Some(_) => {
            Err(Fault::bad_request("idempotency_key_invalid").detail("1 to 250 visible ASCII characters."))
        }
        None => Err(Fault::bad_request("idempotency_key_required")
            .detail("Send an Idempotency-Key header, new for each order, so that a retry can't buy twice.")),
    }
}

impl CheckoutRequest {
    fn wish(self, locale: Locale) -> Wish {
        Wish {
            event: self.event,
            items: self.items.into_iter().map(CheckoutItem::asked).collect(),
            name: self.buyer.name,
            email: self.buyer.email,
            promo: self.promo.unwrap_or_default(),
            access_code: self.access_code.unwrap_or_default(),
            answers: self.answers.into_iter().map(|(slot, value)| (slot, answer(value))).collect(),
            language: locale.0,
        }
    }
}

/// The text that an answer is.
fn answer(value: serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Bool(yes) => Some(if yes { "yes" } else { "no" }.to_owned()),
        _ => None,
    }
}

fn created(placed: Placed, order: OrderAddress, checkout_url: Option<String>) -> HttpResponse {
    let location = (header::LOCATION, order.url.clone());
    HttpResponse::Created().insert_header(location).json(CheckoutAnswer {
        order,
        checkout_url,
        expires_at: placed.held_until,
        quote: QuoteBody::of(&placed.quote),
    })
}

fn unavailable(order: OrderAddress, request: &HttpRequest) -> HttpResponse {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let problem = Problem {
        kind: "about:blank",
        title: "Service Unavailable",
        status: status.as_u16(),
        detail: Some(
            "The payment service does not answer. The places are held; ask again with the same key."
                .to_owned(),
        ),
        code: "payment_unavailable",
        request_id: RequestId::of(request).to_string(),
        errors: Vec::new(),
    };
    HttpResponse::build(status)
        .insert_header((header::RETRY_AFTER, 5))
        .content_type("application/problem+json")
        .json(PaymentUnavailable { problem, order })
}

fn waits(waiting: Waiting, request: &HttpRequest) -> HttpResponse {
    let status = StatusCode::TOO_MANY_REQUESTS;
    let problem = Problem {
        kind: "about:blank",
        title: "Too Many Requests",
        status: status.as_u16(),
        detail: Some(
            "More guests are at checkout than are let in at once. Nothing is held. Send the token of your place as \
             Waiting-Place with the same request when its turn has come."
                .to_owned(),
        ),
        code: "waiting_room",
        request_id: RequestId::of(request).to_string(),
        errors: Vec::new(),
    };
    let place = PlaceBody {
        token: waiting.token.clone(),
        number: waiting.place.number,
        before: waiting.before,
        wait_seconds: waiting.wait,
    };
    HttpResponse::build(status)
        .insert_header((header::RETRY_AFTER, waiting.wait.max(1)))
        .cookie(places::cookie(waiting.event, waiting.token))
        .content_type("application/problem+json")
        .json(InLine { problem, place })
}
