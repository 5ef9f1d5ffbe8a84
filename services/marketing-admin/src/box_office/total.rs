//! `GET /admin/box-office/total`: what to take for a choice, for the script of the form. The ticket site prices it, as it will when it is
//! sold; nothing is held. Without a script the total stands on the page after the sale.

use std::collections::HashMap;

use actix_web::web::{Data, Json, Query};
use domain::money::{Currency, Money};
use internal_api::purchase::box_office::QuoteRequest;
use serde::Serialize;
use ui::{format, text};
use web::can::BoxOfficeSell;
use web::{Fault, Locale};

use super::{purchase, sell};
use crate::Desk;
use crate::staff::Member;

/// In the reader's language, already written.
#[derive(Debug, Serialize)]
pub struct Total {
    /// `2 tickets`
    label: String,
    /// `42.00 €`
    total: String,
}

/// The total. 422 for what can't be sold like that, 503 while the ticket site does not answer.
pub async fn show(
    desk: Data<Desk>,
    locale: Locale,
    member: Member<BoxOfficeSell>,
    chosen: Query<HashMap<String, String>>,
) -> Result<Json<Total>, Fault> {
    let event = chosen.get("event").and_then(|id| id.parse().ok()).ok_or_else(Fault::not_found)?;
    let items = sell::items(&chosen).map_err(|_| Fault::invalid("invalid_quantity"))?;
    let answer = purchase::price(&desk, &member, &QuoteRequest { event, items }).await;
    let quote = answer.map_err(|refused| match refused.code.as_str() {
        "away" => Fault::unavailable(),
        _ => Fault::invalid("invalid_quantity"),
    })?;
    let currency: Currency = quote.currency.parse().unwrap_or(Currency::Eur);
    Ok(Json(Total {
        label: text(locale.0, "shared-tickets", &[("count", &quote.tickets)]),
        total: format::money(locale.0, Money::new(quote.total_minor, currency)),
    }))
}
