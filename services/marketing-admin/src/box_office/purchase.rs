//! The ticket site, asked to sell.

use internal_api::purchase::box_office::{SellAnswer, SellRequest};
use reqwest::{Method, StatusCode};
use serde::Deserialize;

use crate::Desk;
use crate::identity::Member;

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
    let away = |error: reqwest::Error| {
        tracing::warn!(error = %error.without_url(), "the ticket site did not say what became of a sale");
        Refused { code: "away".to_owned(), ..Refused::default() }
    };
    let answer = call.header("idempotency-key", key).json(sale).send().await.map_err(away)?;
    match answer.status() {
        StatusCode::OK => answer.json().await.map_err(away),
        status if status.is_client_error() => Err(answer.json().await.map_err(away)?),
        _ => Err(Refused { code: "away".to_owned(), ..Refused::default() }),
    }
}
