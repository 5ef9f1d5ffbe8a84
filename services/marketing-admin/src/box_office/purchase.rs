//! The ticket site, asked to sell.

use internal_api::purchase::box_office::{QuoteAnswer, QuoteRequest, SellAnswer, SellRequest};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Desk;
use crate::staff::Member;

/// Why nothing was sold.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Refused {
    /// The stable code.
    pub code: String,
    /// Faults of fields.
    #[serde(default)]
    pub errors: Vec<FieldError>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Deserialize)]
pub struct FieldError {
    /// Its path.
    pub field: String,
    /// The stable code.
    pub code: String,
}

/// Sells. `Err` with the code `away`: nobody knows; the same key asks again and sells once.
pub async fn sell<P>(
    desk: &Desk,
    member: &Member<P>,
    key: &str,
    sale: &SellRequest,
) -> Result<SellAnswer, Refused> {
    let path = "/internal/v1/box-office/orders";
    let call = desk.purchase.call_for(member.id, member.request(), Method::POST, path);
    answered(call.header("idempotency-key", key).json(sale)).await
}

/// What a choice costs now. `Err` with the code `away`: nobody says it.
pub async fn price<P>(
    desk: &Desk,
    member: &Member<P>,
    chosen: &QuoteRequest,
) -> Result<QuoteAnswer, Refused> {
    let path = "/internal/v1/box-office/quotes";
    let call = desk.purchase.call_for(member.id, member.request(), Method::POST, path);
    answered(call.json(chosen)).await
}

async fn answered<T: DeserializeOwned>(call: RequestBuilder) -> Result<T, Refused> {
    let away = |error: reqwest::Error| {
        tracing::warn!(error = %error.without_url(), "the ticket site did not answer the box office");
        Refused { code: "away".to_owned(), ..Refused::default() }
    };
    let answer = call.send().await.map_err(away)?;
    match answer.status() {
        StatusCode::OK => answer.json().await.map_err(away),
        status if status.is_client_error() => Err(answer.json().await.map_err(away)?),
        _ => Err(Refused { code: "away".to_owned(), ..Refused::default() }),
    }
}
