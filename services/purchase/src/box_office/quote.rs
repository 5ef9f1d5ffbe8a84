//! `POST /internal/v1/box-office/quotes`: what a choice costs at the venue, before it is sold. Priced as [`super::sell`] prices it:
//! early prices, fees and taxes included, and types that guests don't see, too. Nothing is held.

use actix_web::web::{Data, Json};
use domain::ids::TicketTypeId;
use domain::quote::quote;
use internal_api::purchase::box_office::{QuoteAnswer, QuoteRequest};
use web::{ApiJson, Fault, ServiceCaller, callers};

use super::sell::misshapen;
use crate::inventory::Wanted;
use crate::{Shop, catalog};

/// Prices a choice.
pub async fn price(
    _caller: ServiceCaller<callers::Desk>,
    shop: Data<Shop>,
    body: ApiJson<QuoteRequest>,
) -> Result<Json<QuoteAnswer>, Fault> {
    let (body, now) = (body.into_inner(), shop.clock.now());
    if let Some((field, code)) = misshapen(&body.items).into_iter().next() {
        return Err(Fault::invalid(code).field(field, code));
    }
    let event = catalog::store::event(&mut *shop.db.conn().await?, body.event).await?;
    let slug = event.ok_or_else(Fault::not_found)?.slug;
    let night = shop.shelf.night(&slug, now).await?.ok_or_else(Fault::not_found)?;
    let wanted: Vec<Wanted> = body
        .items
        .iter()
        .map(|item| Wanted::of(TicketTypeId::from_uuid(item.ticket_type), item.quantity))
        .collect();
    let sold = |wanted: &Wanted| night.types.iter().any(|kind| kind.id == wanted.ticket_type);
    if let Some(item) = wanted.iter().position(|wanted| !sold(wanted)) {
        let field = format!("items[{item}].ticket_type");
        return Err(Fault::invalid("unknown_ticket_type").field(field, "unknown_ticket_type"));
    }
    let quote = quote(&night.items(&wanted, now), None, night.currency)
        .map_err(|error| Fault::invalid("invalid_quantity").detail(error.to_string()))?;
    Ok(Json(QuoteAnswer {
        total_minor: quote.total.minor(),
        currency: quote.currency.code().to_owned(),
        tickets: quote.lines.iter().map(|line| line.places).sum(),
    }))
}
