//! `POST /api/v1/quotes`: what a choice costs, without holding anything. The page shows this while a guest chooses; what is
//! charged is computed again, the same way, in the moment of the hold.

use actix_web::web::{Data, Json};
use chrono::{DateTime, Utc};
use domain::credit::{self, Credit};
use domain::ids::EventId;
use domain::money::Money;
use domain::promo::{PromoCode, PromoRefusal, Used as Uses};
use domain::quote::{Discount, QuoteItem, quote};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{ApiJson, ClientAddress, Fault, Locale, Problem};

use super::api::CheckoutItem;
use super::place;
use super::wish::Wish;
use crate::api_types::QuoteBody;
use crate::catalog::night::Night;
use crate::inventory::{EventName, Refusal};
use crate::promos::PromoOffer;
use crate::{Shop, credits, presales, promos};

/// What a guest is choosing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteRequest {
    /// Slug of a published event.
    pub event: String,
    /// Ticket types of that event.
    pub items: Vec<CheckoutItem>,
    /// A promo's code, or a credit's.
    #[serde(default)]
    pub promo: Option<String>,
    /// Opens a private night or hidden ticket types.
    #[serde(default)]
    pub access_code: Option<String>,
}

/// Prices a choice.
#[utoipa::path(
    post, path = "/api/v1/quotes", tag = "buying", request_body = QuoteRequest,
    responses(
        (status = 200, body = QuoteBody),
        (status = 404, description = "`not_found`: no such event on sale", body = Problem),
        (status = 409, description = "`promo_exhausted`", body = Problem),
        (status = 422, description = "`invalid_quantity`, `invalid_amount`, `amount_not_accepted`, `amount_out_of_range`, `unknown_ticket_type`, `promo_invalid`, `promo_expired`, `promo_not_applicable`, `order_too_small`, `unknown_field`. `unknown_ticket_type` is also a type of another night, and one hidden from this guest: the night was found, and of several items the field says which one is meant, which a 404 could not; all three are answered alike, so that nothing is told of what is hidden", body = Problem),
        (status = 429, description = "`rate_limited`: too many wrong codes", body = Problem),
    )
)]
pub async fn price(
    shop: Data<Shop>,
    locale: Locale,
    from: ClientAddress,
    body: ApiJson<QuoteRequest>,
) -> Result<Json<QuoteBody>, Fault> {
    let (body, now) = (body.into_inner(), shop.clock.now());
    let wish = Wish {
        event: body.event,
        items: body.items.into_iter().map(CheckoutItem::asked).collect(),
        promo: body.promo.unwrap_or_default(),
        access_code: body.access_code.unwrap_or_default(),
        language: locale.0,
        ..Wish::default()
    };
    let mut complaints = Vec::new();
    let wanted = wish.items(&mut complaints);
    let promo = wish.promo(&mut complaints);
    if !complaints.is_empty() {
        return Err(place::misshapen(&complaints));
    }
    let EventName::Slug(slug) = EventName::read(&wish.event) else { return Err(Fault::not_found()) };
    let code = Some(wish.access_code.as_str()).filter(|code| !code.is_empty());
    let night = shop.shelf.night(&slug, now).await?.ok_or_else(Fault::not_found)?;
    let code = presales::known_as(&shop, night.id, code).await?;
    shop.tries.access(&from, &night, code.as_deref())?;
    let night = night.open_to(code.as_deref()).ok_or_else(Fault::not_found)?;
    for (item, wanted) in wanted.iter().enumerate() {
        let Some(kind) = night.types.iter().find(|kind| kind.id == wanted.ticket_type) else {
            let field = format!("items[{item}].ticket_type");
            return Err(Fault::invalid("unknown_ticket_type").field(field, "unknown_ticket_type"));
        };
        kind.priced.named(wanted.amount_minor).map_err(|why| place::amount_refused(item, why))?;
    }
    let items = night.items(&wanted, now);
    let (items, discount, credit) = match &promo {
        Some(code) => {
            let used = used(&shop, &night, items, code);
            place::guarded(&shop.tries, &from, true, used).await?
        }
        None => (items, None, None),
    };
    let quote = quote(&items, discount.as_ref(), night.currency)
        .map_err(|error| Fault::invalid("invalid_quantity").detail(error.to_string()))?;
    let quote = match (&promo, credit) {
        (Some(code), Some(credit)) => quote.with_credit(&credit::tail(code), credit.balance_minor),
        _ => quote,
    };
    // As the hold would answer: what can't be charged is not shown as a price.
    if !quote.total.is_payable() {
        let least = Money::new(night.currency.least_charge(), night.currency);
        return Err(place::refused(&Refusal::TooSmall { least }));
    }
    Ok(Json(QuoteBody::of(&quote)))
}

/// What a code is good for.
type Used = (Vec<QuoteItem>, Option<Discount>, Option<Credit>);

/// The items with what a promo takes off, or the credit that the code names. Both are looked for, whatever is found: how long it takes
/// tells nobody which codes there are.
async fn used(shop: &Shop, night: &Night, items: Vec<QuoteItem>, code: &PromoCode) -> Result<Used, Fault> {
    let mut conn = shop.db.conn().await?;
    let promo = promos::find(&mut conn, code).await?;
    let credit = credits::store::find(&mut conn, code).await?.map(|offer| offer.credit);
    drop(conn);
    let now = shop.clock.now();
    match (promo, credit) {
        (None, Some(credit)) => {
            credit.admits(night.currency, now).map_err(place::promo_refused)?;
            Ok((items, None, Some(credit)))
        }
        (promo, _) => {
            let (items, discount) = discounted(night, items, code, promo, now)?;
            Ok((items, discount, None))
        }
    }
}

/// The items with what the promo takes off. Whether this guest has used it up is not known yet.
fn discounted(
    night: &Night,
    items: Vec<QuoteItem>,
    code: &PromoCode,
    promo: Option<PromoOffer>,
    now: DateTime<Utc>,
) -> Result<(Vec<QuoteItem>, Option<Discount>), Fault> {
    let offer = promo.ok_or_else(|| place::promo_refused(PromoRefusal::Unknown))?;
    let used = Uses { in_all: offer.taken, by_guest: 0, code: offer.spent };
    let event = EventId::from_uuid(night.id);
    offer.apply(event, items, code, used, night.currency, now).map_err(place::promo_refused)
}
