//! What the requests may say. Parameters that Stripe has and the sandbox does not act on are accepted by name;
//! anything else is refused, as Stripe refuses it.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::errors::ApiError;
use super::model::Metadata;

/// `POST /v1/checkout/sessions`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateSession {
    pub mode: Option<String>,
    #[serde(default)]
    pub line_items: Vec<LineItem>,
    pub success_url: Option<String>,
    pub cancel_url: Option<String>,
    pub customer_email: Option<String>,
    pub client_reference_id: Option<String>,
    #[serde(default)]
    pub metadata: Metadata,
    #[serde(default)]
    pub payment_intent_data: PaymentIntentData,
    pub expires_at: Option<i64>,
    pub locale: Option<String>,
    #[serde(default)]
    pub allowed_payment_method_types: Vec<String>,
    pub ui_mode: Option<String>,
    #[serde(rename = "expand")]
    _expand: Option<IgnoredAny>,
    #[serde(rename = "adaptive_pricing")]
    _adaptive_pricing: Option<IgnoredAny>,
    #[serde(rename = "allow_promotion_codes")]
    _allow_promotion_codes: Option<IgnoredAny>,
    #[serde(rename = "automatic_tax")]
    _automatic_tax: Option<IgnoredAny>,
    #[serde(rename = "billing_address_collection")]
    _billing_address_collection: Option<IgnoredAny>,
    #[serde(rename = "branding_settings")]
    _branding_settings: Option<IgnoredAny>,
    #[serde(rename = "consent_collection")]
    _consent_collection: Option<IgnoredAny>,
    #[serde(rename = "currency")]
    _currency: Option<IgnoredAny>,
    #[serde(rename = "custom_text")]
    _custom_text: Option<IgnoredAny>,
    #[serde(rename = "customer_creation")]
    _customer_creation: Option<IgnoredAny>,
    #[serde(rename = "invoice_creation")]
    _invoice_creation: Option<IgnoredAny>,
    #[serde(rename = "name_collection")]
    _name_collection: Option<IgnoredAny>,
    #[serde(rename = "origin_context")]
    _origin_context: Option<IgnoredAny>,
    #[serde(rename = "payment_method_collection")]
    _payment_method_collection: Option<IgnoredAny>,
    #[serde(rename = "payment_method_options")]
    _payment_method_options: Option<IgnoredAny>,
    #[serde(rename = "payment_method_types")]
    _payment_method_types: Option<IgnoredAny>,
    #[serde(rename = "phone_number_collection")]
    _phone_number_collection: Option<IgnoredAny>,
    #[serde(rename = "submit_type")]
    _submit_type: Option<IgnoredAny>,
    #[serde(rename = "wallet_options")]
    _wallet_options: Option<IgnoredAny>,
}

/// One line of a new session.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineItem {
    pub price: Option<String>,
    pub price_data: Option<PriceData>,
    pub quantity: Option<i64>,
    #[serde(rename = "metadata")]
    _metadata: Option<IgnoredAny>,
    #[serde(rename = "adjustable_quantity")]
    _adjustable_quantity: Option<IgnoredAny>,
}

/// A price made for this session alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceData {
    pub currency: String,
    pub unit_amount: Option<i64>,
    pub product_data: Option<ProductData>,
    #[serde(rename = "tax_behavior")]
    _tax_behavior: Option<IgnoredAny>,
}

/// What is sold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductData {
    pub name: String,
    pub description: Option<String>,
    #[serde(rename = "images")]
    _images: Option<IgnoredAny>,
    #[serde(rename = "metadata")]
    _metadata: Option<IgnoredAny>,
    #[serde(rename = "tax_code")]
    _tax_code: Option<IgnoredAny>,
}

/// For the payment intent to come.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentIntentData {
    pub description: Option<String>,
    #[serde(default)]
    pub metadata: Metadata,
    pub receipt_email: Option<String>,
    pub statement_descriptor: Option<String>,
    pub statement_descriptor_suffix: Option<String>,
    #[serde(rename = "capture_method")]
    _capture_method: Option<IgnoredAny>,
    #[serde(rename = "setup_future_usage")]
    _setup_future_usage: Option<IgnoredAny>,
}

/// `POST /v1/refunds`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateRefund {
    pub amount: Option<i64>,
    pub charge: Option<String>,
    pub payment_intent: Option<String>,
    pub reason: Option<String>,
    #[serde(default)]
    pub metadata: Metadata,
    #[serde(rename = "expand")]
    _expand: Option<IgnoredAny>,
    #[serde(rename = "refund_application_fee")]
    _refund_application_fee: Option<IgnoredAny>,
    #[serde(rename = "reverse_transfer")]
    _reverse_transfer: Option<IgnoredAny>,
}

/// The query of every list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Page {
    pub limit: Option<i64>,
    pub starting_after: Option<String>,
    pub ending_before: Option<String>,
    pub created: Created,
    pub status: Option<String>,
    pub payment_intent: Option<String>,
    pub charge: Option<String>,
    pub source: Option<String>,
    pub payout: Option<String>,
    pub currency: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub types: Vec<String>,
}

/// `created[gte]=…`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Created {
    pub gt: Option<i64>,
    pub gte: Option<i64>,
    pub lt: Option<i64>,
    pub lte: Option<i64>,
}

impl Created {
    /// Whether an instant lies within the bounds.
    pub fn holds(&self, at: i64) -> bool {
        self.gt.is_none_or(|bound| at > bound)
            && self.gte.is_none_or(|bound| at >= bound)
            && self.lt.is_none_or(|bound| at < bound)
            && self.lte.is_none_or(|bound| at <= bound)
    }
}

/// `expand[]=…`, on any request.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Expand {
    pub expand: Vec<String>,
}

/// Stripe's limits on metadata.
pub fn check_metadata(metadata: &Metadata) -> Result<(), ApiError> {
    let too_long = |what: &str, key: &str, limit: usize| {
        let message = format!("Metadata {what} can have up to {limit} characters, '{key}' has more.");
        ApiError::parameter("metadata", None, message)
    };
    if metadata.len() > 50 {
        let message = "You can only have up to 50 metadata keys.";
        return Err(ApiError::parameter("metadata", None, message));
    }
    for (key, value) in metadata {
        if key.chars().count() > 40 {
            return Err(too_long("keys", key, 40));
        }
        if value.chars().count() > 500 {
            return Err(too_long("values", key, 500));
        }
    }
    Ok(())
}
