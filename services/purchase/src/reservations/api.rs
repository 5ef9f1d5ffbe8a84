//! `POST /api/v1/reservations`: a table of a night, booked by a client.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{ApiJson, ClientAddress, Fault, Locale, Problem};

use super::wish::BookingWish;
use crate::Shop;
use crate::checkout::api::{self, CheckoutAnswer, CheckoutBuyer, idempotency_key};
use crate::checkout::place;

/// The table that is wished for. There is no price in it: minimum and deposit are the club's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReservationRequest {
    /// UUID or slug of a published event.
    pub event: String,
    /// UUID of a table of its plan.
    pub table: String,
    /// Who books.
    pub buyer: CheckoutBuyer,
    /// How many come, the booker among them: a whole number from 1 to the table's seats.
    #[schema(value_type = u32, minimum = 1)]
    pub party: serde_json::Value,
    /// When they come, RFC 3339: from when the doors open until the night ends.
    #[schema(value_type = DateTime<Utc>)]
    pub arrives_at: String,
    /// What they celebrate.
    #[serde(default)]
    pub occasion: Option<String>,
    /// What they ask of the club.
    #[serde(default)]
    pub wish: Option<String>,
    /// By whom they would like to be looked after.
    #[serde(default)]
    pub host: Option<String>,
    /// Bottles of the night's menu, paid at the venue.
    #[serde(default)]
    pub preorder: Vec<PreorderItem>,
    /// Opens a private night.
    #[serde(default)]
    pub access_code: Option<String>,
}

/// Some bottles of one kind.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreorderItem {
    /// UUID of the menu's item.
    pub bottle: String,
    /// How many: a whole number from 1 to 50.
    #[schema(value_type = u32, minimum = 1)]
    pub quantity: serde_json::Value,
}

/// Holds a table for its deposit and opens the payment page; a table without a deposit is booked at once. The same `Idempotency-Key` with
/// the same body gives the same booking.
#[utoipa::path(
    post, path = "/api/v1/reservations", tag = "buying", request_body = ReservationRequest,
    params(
        ("Idempotency-Key" = String, Header, description = "1 to 250 visible ASCII characters, new for each booking"),
        ("Waiting-Place" = Option<String>, Header, description = "The `place.token` of an earlier `waiting_room`; it is one buyer's"),
    ),
    responses(
        (status = 201, description = "The table is held, or booked where no deposit is owed: the order pays the deposit, and its tickets are the party's passes", body = CheckoutAnswer),
        (status = 400, description = "`idempotency_key_required`, `idempotency_key_invalid`, `invalid_json`, `invalid_encoding`", body = Problem),
        (status = 404, description = "`not_found`: no such event on sale", body = Problem),
        (status = 409, description = "`sold_out`: another party has it; `limit_exceeded`: more than it seats; `not_on_sale`, `too_many_open`, `request_in_progress`", body = Problem),
        (status = 422, description = "`unknown_table`, `invalid_party`, `invalid_arrival`, `invalid_text`, `invalid_quantity`, `unknown_bottle`, `invalid_name`, `invalid_email`, `unknown_field`, `idempotency_key_reused`", body = Problem),
        (status = 429, description = "`rate_limited`, `network_busy`, `waiting_room` with the `place` there: ask again after `Retry-After`", body = Problem),
        (status = 503, description = "`payment_unavailable` with the standing `order`, or `unavailable`", body = Problem),
    )
)]
pub async fn create(
    shop: Data<Shop>,
    request: HttpRequest,
    locale: Locale,
    from: ClientAddress,
    body: ApiJson<ReservationRequest>,
) -> Result<HttpResponse, Fault> {
    let key = idempotency_key(&request)?;
    let wish = body.into_inner().wish(locale);
    let hold = wish.judge(&format!("api:{key}")).map_err(|complaints| place::misshapen(&complaints))?;
    api::respond(&shop, &request, &from, hold).await
}

impl ReservationRequest {
    fn wish(self, locale: Locale) -> BookingWish {
        let ordered = self.preorder.into_iter().map(|item| (item.bottle, item.quantity.as_i64()));
        BookingWish {
            event: self.event,
            table: self.table,
            name: self.buyer.name,
            email: self.buyer.email,
            party: self.party.as_i64(),
            arrives_at: DateTime::parse_from_rfc3339(&self.arrives_at).ok().map(|at| at.with_timezone(&Utc)),
            occasion: self.occasion.unwrap_or_default(),
            wish: self.wish.unwrap_or_default(),
            host: self.host.unwrap_or_default(),
            preorder: ordered.collect(),
            access_code: self.access_code.unwrap_or_default(),
            language: locale.0,
        }
    }
}
