//! What staff sell at the venue and give away.

use domain::language::Language;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is sold or given away.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SellRequest {
    /// The night.
    pub event: Uuid,
    /// `cash_at_venue`, `card_at_venue` or `comp`.
    pub channel: String,
    /// What of it.
    pub items: Vec<SellItem>,
    /// Name on the tickets.
    pub name: String,
    /// Where they are mailed; empty: nowhere.
    #[serde(default)]
    pub email: String,
    /// Language of page and mail.
    pub language: Language,
    /// Why: what is given away has a reason.
    #[serde(default)]
    pub reason: String,
    /// Why a manager sells at the door although the house is full; empty: then nothing is sold.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub although_full: String,
}

/// Some tickets of one type.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SellItem {
    /// The type.
    pub ticket_type: Uuid,
    /// How often.
    pub quantity: u32,
}

/// What is chosen, and not sold yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuoteRequest {
    /// The night.
    pub event: Uuid,
    /// What of it.
    pub items: Vec<SellItem>,
}

/// What it costs now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuoteAnswer {
    /// What to take.
    pub total_minor: i64,
    /// In which currency.
    pub currency: String,
    /// Tickets it would be.
    pub tickets: u32,
}

/// The order that stands: paid, with its tickets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SellAnswer {
    /// Its name among people.
    pub reference: String,
    /// Its page, key included.
    pub url: String,
    /// What was taken.
    pub total_minor: i64,
    /// In which currency.
    pub currency: String,
    /// Tickets issued.
    pub tickets: u32,
    /// Whether a payment of this address was disputed before.
    #[serde(default)]
    pub disputed_before: bool,
}
