//! Stripe's own lists, read from the newest back: what is compared with the books.

use chrono::{DateTime, Utc};
use domain::ids::OrderId;
use stripe_checkout::checkout_session::ListCheckoutSession;
use stripe_core::dispute::ListDispute;
use stripe_core::payment_intent::{ListPaymentIntent, RetrievePaymentIntent};
use stripe_core::refund::{ListRefund, RetrieveRefund};

use super::disputes::{DisputeAnswer, dispute};
use super::{ORDER, RefundAnswer, Session, Stripe, Trouble, answer, session, trouble};

/// Objects of one answer; Stripe gives no more.
pub(super) const PAGE: i64 = 100;
/// Pages of one list. What is beyond is said, not left out in silence.
pub(super) const PAGES: usize = 400;

/// Money that Stripe captured.
#[derive(Debug, Clone)]
pub struct Captured {
    /// Stripe's id of the payment.
    pub intent: String,
    /// Our order, from its metadata.
    pub order: Option<OrderId>,
    /// How much was received, minor units; zero where nothing came.
    pub amount_minor: i64,
    /// In which currency (ISO 4217, upper case).
    pub currency: String,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
}

/// A refund with its time.
#[derive(Debug, Clone)]
pub struct GivenBack {
    /// The refund.
    pub answer: RefundAnswer,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

macro_rules! read_all {
    ($self:ident, $list:ident, $since:ident, $each:expr) => {{
        let range = stripe_types::RangeQueryTs::Bounds(stripe_types::RangeBoundsTs {
            gte: Some($since.timestamp()),
            ..Default::default()
        });
        let (mut found, mut after): (Vec<_>, Option<String>) = (Vec::new(), None);
        for _ in 0..PAGES {
            let mut list = $list::new().created(range).limit(PAGE);
            if let Some(after) = &after {
                list = list.starting_after(after.as_str());
            }
            let page = list.send(&$self.client).await.map_err(trouble)?;
            after = page.data.last().map(|last| last.id.to_string()).filter(|_| page.has_more);
            found.extend(page.data.into_iter().map($each));
            if after.is_none() {
                return Ok(found);
            }
        }
        Err(Trouble::Unknown("a list of Stripe's is too long to read".to_owned()))
    }};
}

impl Stripe {
    /// Checkout Sessions that were made since then.
    pub async fn sessions_since(&self, since: DateTime<Utc>) -> Result<Vec<Session>, Trouble> {
        read_all!(self, ListCheckoutSession, since, session)
    }

    /// Payments that were begun since then.
    pub async fn captured_since(&self, since: DateTime<Utc>) -> Result<Vec<Captured>, Trouble> {
        read_all!(self, ListPaymentIntent, since, captured)
    }

    /// One payment as it stands now, however old it is.
    pub async fn captured(&self, intent: &str) -> Result<Captured, Trouble> {
        RetrievePaymentIntent::new(intent).send(&self.client).await.map(captured).map_err(trouble)
    }

    /// Refunds that were made since then.
    pub async fn given_back_since(&self, since: DateTime<Utc>) -> Result<Vec<GivenBack>, Trouble> {
        read_all!(self, ListRefund, since, given_back)
    }

    /// One refund as it stands now, however old it is.
    pub async fn given_back(&self, stripe_refund: &str) -> Result<GivenBack, Trouble> {
        RetrieveRefund::new(stripe_refund).send(&self.client).await.map(given_back).map_err(trouble)
    }

    /// Disputes that were opened since then.
    pub async fn disputes_since(&self, since: DateTime<Utc>) -> Result<Vec<DisputeAnswer>, Trouble> {
        self.all_disputes_since(since).await?.into_iter().collect()
    }

    async fn all_disputes_since(
        &self,
        since: DateTime<Utc>,
    ) -> Result<Vec<Result<DisputeAnswer, Trouble>>, Trouble> {
        read_all!(self, ListDispute, since, dispute)
    }
}

fn captured(intent: stripe_shared::PaymentIntent) -> Captured {
    Captured {
        order: intent.metadata.get(ORDER).and_then(|id| id.parse().ok()).map(OrderId::from_uuid),
        amount_minor: intent.amount_received,
        currency: intent.currency.to_string().to_ascii_uppercase(),
        created_at: DateTime::from_timestamp(intent.created, 0).unwrap_or_default(),
        intent: intent.id.to_string(),
    }
}

fn given_back(refund: stripe_shared::Refund) -> GivenBack {
    GivenBack {
        created_at: DateTime::from_timestamp(refund.created, 0).unwrap_or_default(),
        answer: answer(refund),
    }
}
