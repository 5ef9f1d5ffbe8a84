//! The ticket site, asked to sell.

use domain::language::Language;
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Desk;
use crate::identity::Member;

/// What is sold or given away.
#[derive(Debug, Clone, Serialize)]
pub struct Sale {
    /// The night.
    pub event: Uuid,
    /// How it is paid.
    pub channel: &'static str,
    /// Ticket types and how many.
    pub items: Vec<Item>,
    /// Name on the tickets.
    pub name: String,
    /// Where they are mailed; empty: nowhere.
    pub email: String,
    /// Language of page and mail.
    pub language: Language,
    /// Why.
    pub reason: String,
}

/// Some tickets of one type.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    /// The type.
    pub ticket_type: Uuid,
    /// How many.
    pub quantity: u32,
}

/// The order that stands.
#[derive(Debug, Clone, Deserialize)]
pub struct Sold {
    /// Its name among people.
    pub reference: String,
    /// Its page, key included.
    pub url: String,
    /// What is to be taken.
    pub total_minor: i64,
    /// In which currency.
    pub currency: String,
    /// Tickets issued.
    pub tickets: u32,
}

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
pub async fn sell<P>(desk: &Desk, member: &Member<P>, key: &str, sale: &Sale) -> Result<Sold, Refused> {
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
