//! Stripe's API, spoken through `async-stripe`. The only place that knows its types.

pub mod disputes;
pub mod lists;
pub mod payouts;

use std::collections::HashMap;
use std::time::Duration;

use chrono::TimeDelta;
use domain::ids::{OrderId, RefundId};
use domain::language::Language;
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError, StripeRequest};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionAllowedPaymentMethodTypes, CreateCheckoutSessionLineItems,
    CreateCheckoutSessionLineItemsPriceData, CreateCheckoutSessionPaymentIntentData, ExpireCheckoutSession,
    ListCheckoutSession, ProductData, RetrieveCheckoutSession,
};
use stripe_core::refund::{CreateRefund, ListRefund, RetrieveRefund};
use stripe_shared::{
    CheckoutSession, CheckoutSessionPaymentStatus, CheckoutSessionStatus, PaymentIntentStatus,
};

use super::{ChargeLine, PaymentRequest, Session, SessionState};

/// One call's patience. Ours: the crate has none of its own.
const CALL_TIMEOUT: Duration = Duration::from_secs(4);
/// Patience for reading through a list.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(8);
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
    /// Our refund, from its metadata; none for one that was made at Stripe.
    pub ours: Option<RefundId>,
    /// The payment it takes from.
    pub payment_intent: Option<String>,
    /// How much.
    pub amount_minor: i64,
    /// In which currency (ISO 4217, upper case).
    pub currency: String,
    /// Where it stands.
    pub state: RefundState,
}

/// Where a refund stands at Stripe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundState {
    /// The money is on its way to the guest, as far as Stripe can tell.
    Succeeded,
    /// Stripe, a bank or a person has yet to act. Also every word we do not know.
    Pending(String),
    /// It will not come to pass; the reason is for staff.
    Failed(String),
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
        // The tickets are the club's mail; this is the receipt for the card, from who took the money.
        intent.receipt_email = Some(request.email.clone());
        intent.statement_descriptor_suffix = request.statement.clone();
        let separator = if request.return_url.contains('?') { '&' } else { '?' };
        let created = CreateCheckoutSession::new()
            .mode(stripe_shared::CheckoutSessionMode::Payment)
            // Cards with their wallets (Apple Pay, Google Pay), and Link: they say at once whether they pay. A slower way to pay
            // would outlive the hold.
            .allowed_payment_method_types([
                CreateCheckoutSessionAllowedPaymentMethodTypes::Card,
                CreateCheckoutSessionAllowedPaymentMethodTypes::Link,
            ])
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
        let asked = RetrieveCheckoutSession::new(id).expand(["payment_intent".to_owned()]);
        asked.send(&self.client).await.map(session).map_err(trouble)
    }

    /// Asks Stripe to end a session. A session that was paid in the meantime is refused, so look again then.
    pub async fn expire_session(&self, id: &str) -> Result<Session, Trouble> {
        ExpireCheckoutSession::new(id).send(&self.client).await.map(session).map_err(trouble)
    }

    /// The session made for an attempt, if there is one: for an outcome that is not known. Stripe's list is searched for
    /// the order's client reference and the attempt that made it.
    pub async fn find_session(&self, wanted: &PaymentRequest) -> Result<Option<Session>, Trouble> {
        tokio::time::timeout(SEARCH_TIMEOUT, self.search(wanted))
            .await
            .unwrap_or_else(|_| Err(Trouble::Unknown("the list of sessions is too long to read".to_owned())))
    }

    async fn search(&self, wanted: &PaymentRequest) -> Result<Option<Session>, Trouble> {
        let around = stripe_types::RangeBoundsTs {
            gte: Some((wanted.made_at - TimeDelta::minutes(5)).timestamp()),
            lte: Some((wanted.made_at + TimeDelta::hours(25)).timestamp()),
            ..Default::default()
        };
        let (order, attempt) = (wanted.order.to_string(), Some(wanted.attempt));
        let mut after: Option<String> = None;
        loop {
            let mut list =
                ListCheckoutSession::new().created(stripe_types::RangeQueryTs::Bounds(around)).limit(100);
            if let Some(after) = &after {
                list = list.starting_after(after.as_str());
            }
            let page = list.send(&self.client).await.map_err(trouble)?;
            after = page.data.last().map(|last| last.id.to_string()).filter(|_| page.has_more);
            let ours = page.data.into_iter().filter(|s| s.client_reference_id.as_ref() == Some(&order));
            if let Some(found) = ours.map(session).find(|s| s.attempt == attempt) {
                return Ok(Some(found));
            }
            if after.is_none() {
                return Ok(None);
            }
        }
    }

    /// Gives a payment back. `key` is the idempotency key.
    pub async fn refund(
        &self,
        key: &str,
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
            .request_strategy(same_key(key)?)
            .send(&self.client)
            .await
            .map_err(trouble)?;
        Ok(answer(refund))
    }

    /// What Stripe says about a refund now.
    pub async fn refund_now(&self, stripe_refund: &str) -> Result<RefundAnswer, Trouble> {
        RetrieveRefund::new(stripe_refund).send(&self.client).await.map(answer).map_err(trouble)
    }

    /// All refunds of a payment, ours and those made at Stripe.
    pub async fn refunds_of(&self, intent: &str) -> Result<Vec<RefundAnswer>, Trouble> {
        let page =
            ListRefund::new().payment_intent(intent).limit(100).send(&self.client).await.map_err(trouble)?;
        Ok(page.data.into_iter().map(answer).collect())
    }
}

fn line_items(request: &PaymentRequest) -> Result<Vec<CreateCheckoutSessionLineItems>, Trouble> {
    let currency: stripe_types::Currency =
        request.currency.code().to_ascii_lowercase().parse().map_err(|_| refused_here("currency"))?;
    Ok(request.lines.iter().map(|line| line_item(line, currency.clone())).collect())
}

fn line_item(line: &ChargeLine, currency: stripe_types::Currency) -> CreateCheckoutSessionLineItems {
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency);
    price.unit_amount = Some(line.unit_minor);
    price.product_data = Some(ProductData::new(line.name.clone()));
    let mut item = CreateCheckoutSessionLineItems::new();
    item.quantity = Some(u64::from(line.quantity));
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
    let state = state_of(&session);
    Session {
        state,
        amount_minor: session.amount_total.unwrap_or_default(),
        currency: session.currency.as_ref().map(|c| c.to_string().to_ascii_uppercase()).unwrap_or_default(),
        payment_intent: session.payment_intent.as_ref().map(|intent| intent.id().to_string()),
        order: named(ORDER).map(OrderId::from_uuid),
        attempt: named(ATTEMPT).map(domain::ids::AttemptId::from_uuid),
        declined: declined(&session),
        url: session.url,
        id: session.id.to_string(),
    }
}

/// Why the last card was declined: the bank's word where it gave one, else Stripe's.
fn declined(session: &CheckoutSession) -> Option<String> {
    let error = session.payment_intent.as_ref()?.as_object()?.last_payment_error.as_ref()?;
    let code = || error.code.as_ref().map(|code| code.to_string());
    error.decline_code.clone().or_else(code)
}

/// A word we do not know is not a reason to free places or to give tickets.
fn state_of(session: &CheckoutSession) -> SessionState {
    match (&session.status, &session.payment_status) {
        (Some(CheckoutSessionStatus::Complete), CheckoutSessionPaymentStatus::Paid) => SessionState::Paid,
        (Some(CheckoutSessionStatus::Complete), CheckoutSessionPaymentStatus::NoPaymentRequired) => {
            SessionState::NothingOwed
        }
        (Some(CheckoutSessionStatus::Complete), _) if payment_failed(session) => SessionState::Dead,
        (Some(CheckoutSessionStatus::Complete), _) => SessionState::Processing,
        (Some(CheckoutSessionStatus::Expired), _) => SessionState::Dead,
        _ => SessionState::Open,
    }
}

/// Whether the payment of a completed session has come to nothing: the guest has no page left to try again on.
fn payment_failed(session: &CheckoutSession) -> bool {
    let intent = session.payment_intent.as_ref().and_then(|intent| intent.as_object());
    intent.is_some_and(|intent| {
        matches!(intent.status, PaymentIntentStatus::Canceled | PaymentIntentStatus::RequiresPaymentMethod)
    })
}

fn answer(refund: stripe_shared::Refund) -> RefundAnswer {
    let state = match refund.status.as_deref() {
        Some("succeeded") => RefundState::Succeeded,
        Some(ended @ ("failed" | "canceled")) => {
            RefundState::Failed(refund.failure_reason.clone().unwrap_or_else(|| ended.to_owned()))
        }
        other => RefundState::Pending(other.unwrap_or("unknown").to_owned()),
    };
    let ours = refund.metadata.as_ref().and_then(|metadata| metadata.get(REFUND));
    RefundAnswer {
        id: refund.id.to_string(),
        ours: ours.and_then(|id| id.parse().ok()).map(RefundId::from_uuid),
        payment_intent: refund.payment_intent.as_ref().map(|intent| intent.id().to_string()),
        amount_minor: refund.amount,
        currency: refund.currency.to_string().to_ascii_uppercase(),
        state,
    }
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
