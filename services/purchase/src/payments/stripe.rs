//! Stripe's API, spoken through `async-stripe`. The only file that knows its types.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{OrderId, RefundId};
use domain::language::Language;
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError, StripeRequest};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ExpireCheckoutSession, ListCheckoutSession, ProductData,
    RetrieveCheckoutSession,
};
use stripe_core::refund::{CreateRefund, ListRefund};
use stripe_shared::{CheckoutSession, CheckoutSessionPaymentStatus, CheckoutSessionStatus};

use super::{ChargeLine, PaymentRequest, Session, SessionState};

/// One call's patience. Ours: the crate has none of its own.
const CALL_TIMEOUT: Duration = Duration::from_secs(4);
/// Keys of our metadata.
const ORDER: &str = "order_id";
const ATTEMPT: &str = "attempt_id";
const REFUND: &str = "refund_id";

/// Our account at Stripe.
#[derive(Clone)]
pub struct Stripe {
    client: Client,
    live: bool,
}

impl std::fmt::Debug for Stripe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stripe").field("live", &self.live).finish_non_exhaustive()
    }
}

/// Why a call brought no answer to work with.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Trouble {
    /// Time-out, broken line, unreadable or 5xx answer: it may have happened or not. Repeat with the same key.
    #[error("outcome unknown: {0}")]
    Unknown(String),
    /// Stripe understood and said no. `code` is Stripe's.
    #[error("refused ({status} {code}): {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Stripe's code, or its type of error.
        code: String,
        /// For staff.
        message: String,
    },
}

/// A refund as Stripe describes it.
#[derive(Debug, Clone)]
pub struct RefundAnswer {
    /// Stripe's id.
    pub id: String,
    /// Whether Stripe gave up on it.
    pub failed: bool,
}

impl Stripe {
    /// A client for an account and a base URL. Builds no connection yet.
    pub fn new(secret_key: &str, base_url: &str) -> Result<Self, String> {
        let client = ClientBuilder::new(secret_key)
            .url(base_url)
            .timeout(CALL_TIMEOUT)
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { client, live: secret_key.starts_with("sk_live_") || secret_key.starts_with("rk_live_") })
    }

    /// Whether real money moves.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// Makes the session of an attempt, or says what was made for it before: its id is the idempotency key.
    pub async fn create_session(&self, request: &PaymentRequest) -> Result<Session, Trouble> {
        let metadata = HashMap::from([
            (ORDER.to_owned(), request.order.to_string()),
            (ATTEMPT.to_owned(), request.attempt.to_string()),
            ("reference".to_owned(), request.reference.clone()),
        ]);
        let mut intent = CreateCheckoutSessionPaymentIntentData::new();
        intent.metadata = Some(metadata.clone());
        intent.description = Some(request.reference.clone());
        let separator = if request.return_url.contains('?') { '&' } else { '?' };
        let created = CreateCheckoutSession::new()
            .mode(stripe_shared::CheckoutSessionMode::Payment)
            .line_items(line_items(request)?)
            .customer_email(request.email.as_str())
            .client_reference_id(request.order.to_string())
            .metadata(metadata)
            .payment_intent_data(intent)
            .locale(match request.language {
                Language::En => stripe_shared::CheckoutSessionLocale::En,
                Language::Es => stripe_shared::CheckoutSessionLocale::Es,
            })
            .expires_at(request.expires_at.timestamp())
            .success_url(format!("{}{separator}session_id={{CHECKOUT_SESSION_ID}}", request.return_url))
            .cancel_url(format!("{}{separator}cancelled=1", request.return_url))
            .customize()
            .request_strategy(same_key(request.attempt)?)
            .send(&self.client)
            .await
            .map_err(trouble)?;
        Ok(session(created))
    }

    /// What Stripe says about a session now.
    pub async fn session(&self, id: &str) -> Result<Session, Trouble> {
        RetrieveCheckoutSession::new(id).send(&self.client).await.map(session).map_err(trouble)
    }

    /// Asks Stripe to end a session. A session that was paid in the meantime is refused, so look again then.
    pub async fn expire_session(&self, id: &str) -> Result<Session, Trouble> {
        ExpireCheckoutSession::new(id).send(&self.client).await.map(session).map_err(trouble)
    }

    /// The session made for an order's attempt around `created_at`, if there is one: for an outcome that stays unknown.
    pub async fn find_session(
        &self,
        wanted: &PaymentRequest,
        created_at: DateTime<Utc>,
    ) -> Result<Option<Session>, Trouble> {
        let around = stripe_types::RangeBoundsTs {
            gte: Some((created_at - TimeDelta::minutes(5)).timestamp()),
            lte: Some((created_at + TimeDelta::hours(25)).timestamp()),
            ..Default::default()
        };
        let mut after: Option<String> = None;
        loop {
            let mut list =
                ListCheckoutSession::new().created(stripe_types::RangeQueryTs::Bounds(around)).limit(100);
            if let Some(after) = &after {
                list = list.starting_after(after.as_str());
            }
            let page = list.send(&self.client).await.map_err(trouble)?;
            after = page.data.last().map(|last| last.id.to_string()).filter(|_| page.has_more);
            if let Some(found) =
                page.data.into_iter().map(session).find(|s| s.attempt == Some(wanted.attempt))
            {
                return Ok(Some(found));
            }
            if after.is_none() {
                return Ok(None);
            }
        }
    }

    /// Gives an amount of a payment back. The refund's id is the idempotency key.
    pub async fn refund(
        &self,
        id: RefundId,
        order: OrderId,
        intent: &str,
        amount_minor: i64,
    ) -> Result<RefundAnswer, Trouble> {
        let metadata =
            HashMap::from([(REFUND.to_owned(), id.to_string()), (ORDER.to_owned(), order.to_string())]);
        let refund = CreateRefund::new()
            .payment_intent(intent)
            .amount(amount_minor)
            .metadata(metadata)
            .customize()
            .request_strategy(same_key(id)?)
            .send(&self.client)
            .await
            .map_err(trouble)?;
        Ok(answer(refund))
    }

    /// The refund of a payment that carries our refund's id: for one whose key Stripe has forgotten.
    pub async fn find_refund(&self, id: RefundId, intent: &str) -> Result<Option<RefundAnswer>, Trouble> {
        let page =
            ListRefund::new().payment_intent(intent).limit(100).send(&self.client).await.map_err(trouble)?;
        let ours = |refund: &stripe_shared::Refund| {
            refund.metadata.as_ref().and_then(|m| m.get(REFUND)).is_some_and(|found| *found == id.to_string())
        };
        Ok(page.data.into_iter().find(ours).map(answer))
    }
}

fn line_items(request: &PaymentRequest) -> Result<Vec<CreateCheckoutSessionLineItems>, Trouble> {
    let currency: stripe_types::Currency =
        request.currency.code().to_ascii_lowercase().parse().map_err(|_| refused_here("currency"))?;
    Ok(request
        .lines
        .iter()
        .filter(|line| line.total_minor > 0)
        .map(|line| line_item(line, currency.clone(), request.language))
        .collect())
}

/// A line of ours as Stripe adds it up: unit × quantity must be our total, so a line that does not divide is one piece.
fn line_item(
    line: &ChargeLine,
    currency: stripe_types::Currency,
    language: Language,
) -> CreateCheckoutSessionLineItems {
    let quantity = i64::from(line.quantity);
    let even = quantity > 0 && line.total_minor % quantity == 0;
    let name = if line.is_fee {
        ui::text(language, "purchase-charge-fee", &[("type", &line.label)])
    } else {
        line.label.clone()
    };
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency);
    price.unit_amount = Some(if even { line.total_minor / quantity } else { line.total_minor });
    price.product_data = Some(ProductData::new(name));
    let mut item = CreateCheckoutSessionLineItems::new();
    item.quantity = Some(if even { u64::from(line.quantity) } else { 1 });
    item.price_data = Some(price);
    item
}

fn same_key(id: impl std::fmt::Display) -> Result<RequestStrategy, Trouble> {
    IdempotencyKey::new(id.to_string())
        .map(RequestStrategy::Idempotent)
        .map_err(|_| refused_here("idempotency_key"))
}

fn refused_here(code: &str) -> Trouble {
    Trouble::Refused { status: 0, code: code.to_owned(), message: "we could not even ask".to_owned() }
}

fn session(session: CheckoutSession) -> Session {
    let named = |key: &str| {
        session.metadata.as_ref().and_then(|metadata| metadata.get(key)).and_then(|id| id.parse().ok())
    };
    let paid = session.payment_status == CheckoutSessionPaymentStatus::Paid;
    let state = match session.status {
        Some(CheckoutSessionStatus::Complete) if paid => SessionState::Paid,
        Some(CheckoutSessionStatus::Complete) => SessionState::Processing,
        Some(CheckoutSessionStatus::Expired) => SessionState::Dead,
        // A word we do not know is not a reason to free places or to give tickets.
        _ => SessionState::Open,
    };
    Session {
        state,
        amount_minor: session.amount_total.unwrap_or_default(),
        currency: session.currency.as_ref().map(|c| c.to_string().to_ascii_uppercase()).unwrap_or_default(),
        payment_intent: session.payment_intent.as_ref().map(|intent| intent.id().to_string()),
        order: named(ORDER).map(OrderId::from_uuid),
        attempt: named(ATTEMPT).map(domain::ids::AttemptId::from_uuid),
        url: session.url,
        id: session.id.to_string(),
    }
}

fn answer(refund: stripe_shared::Refund) -> RefundAnswer {
    let failed = matches!(refund.status.as_deref(), Some("failed" | "canceled"));
    RefundAnswer { id: refund.id.to_string(), failed }
}

/// Sorts an error into "no" and "nobody knows". A 5xx with an unreadable body loses its status on the way here.
fn trouble(error: StripeError) -> Trouble {
    match error {
        StripeError::Stripe(error, status) => {
            let code = error.code.as_ref().map_or_else(|| error.type_.to_string(), |code| code.to_string());
            let message = error.message.clone().unwrap_or_default();
            // 409: our own earlier call with this key is still running. 429: too many calls.
            if status >= 500 || matches!(status, 409 | 429) {
                Trouble::Unknown(format!("{status} {code}: {message}"))
            } else {
                Trouble::Refused { status, code, message }
            }
        }
        StripeError::ConfigError(message) => {
            Trouble::Refused { status: 0, code: "config".to_owned(), message }
        }
        other => Trouble::Unknown(other.to_string()),
    }
}
