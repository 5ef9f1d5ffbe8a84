//! Payouts and the lines of the balance, as Stripe describes them.

use chrono::{DateTime, Utc};
use stripe_core::balance_transaction::ListBalanceTransaction;
use stripe_core::payout::{ListPayout, RetrievePayout};
use stripe_shared::{BalanceTransactionSource as Behind, PayoutReconciliationStatus};

use super::lists::{PAGE, PAGES};
use super::{Stripe, Trouble, trouble};

/// Pages of the balance that are read at once.
const WINDOW: usize = 5;

/// A payout as it stands now.
#[derive(Debug, Clone)]
pub struct PayoutAnswer {
    /// Stripe's id.
    pub id: String,
    /// How much, minor units; negative where Stripe collects.
    pub amount_minor: i64,
    /// In which currency (ISO 4217, upper case).
    pub currency: String,
    /// Stripe's word.
    pub status: String,
    /// Whether Stripe's schedule made it: of others Stripe does not say what they are made of.
    pub automatic: bool,
    /// Whether Stripe says what it is made of, and has finished saying so.
    pub itemised: bool,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When the bank should have it.
    pub arrives_at: DateTime<Utc>,
    /// Why it failed; empty where it did not.
    pub failure: String,
}

/// A line of the balance. It never changes.
#[derive(Debug, Clone)]
pub struct BalanceLine {
    /// Stripe's id of the balance transaction.
    pub id: String,
    /// Stripe's type: `charge`, `refund`, `adjustment`, `payout`, …
    pub kind: String,
    /// The object behind it; empty for none.
    pub source: String,
    /// The payment behind that; empty for none.
    pub payment_intent: String,
    /// Before the fee; negative when money leaves. Minor units.
    pub amount_minor: i64,
    /// What Stripe keeps of it.
    pub fee_minor: i64,
    /// In which currency (ISO 4217, upper case).
    pub currency: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Stripe {
    /// One payout.
    pub async fn payout(&self, id: &str) -> Result<PayoutAnswer, Trouble> {
        RetrievePayout::new(id).send(&self.client).await.map(payout).map_err(trouble)
    }

    /// Payouts that were made since then.
    pub async fn payouts_since(&self, since: DateTime<Utc>) -> Result<Vec<PayoutAnswer>, Trouble> {
        let (mut found, mut after): (Vec<_>, Option<String>) = (Vec::new(), None);
        for _ in 0..PAGES {
            let mut list = ListPayout::new().created(from(since)).limit(PAGE);
            if let Some(after) = &after {
                list = list.starting_after(after.as_str());
            }
            let page = list.send(&self.client).await.map_err(trouble)?;
            after = page.data.last().map(|last| last.id.to_string()).filter(|_| page.has_more);
            found.extend(page.data.into_iter().map(payout));
            if after.is_none() {
                return Ok(found);
            }
        }
        Err(Trouble::Unknown("the list of payouts is too long to read".to_owned()))
    }

    /// Lines of the balance from then on, and before `until` where it is given; none where they are too many to be read at once.
    pub async fn balance_between(
        &self,
        from: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
    ) -> Result<Option<Vec<BalanceLine>>, Trouble> {
        let bounds = stripe_types::RangeBoundsTs {
            gte: Some(from.timestamp()),
            lt: until.map(|until| until.timestamp()),
            ..Default::default()
        };
        let between = stripe_types::RangeQueryTs::Bounds(bounds);
        self.balance(&ListBalanceTransaction::new().created(between), WINDOW).await
    }

    /// The lines that a payout is made of, its own among them.
    pub async fn balance_of(&self, payout: &str) -> Result<Vec<BalanceLine>, Trouble> {
        let lines = self.balance(&ListBalanceTransaction::new().payout(payout), PAGES).await?;
        lines.ok_or_else(|| {
            Trouble::Unknown("the list of what a payout is made of is too long to read".to_owned())
        })
    }

    /// None where there are more than so many pages.
    async fn balance(
        &self,
        of: &ListBalanceTransaction,
        pages: usize,
    ) -> Result<Option<Vec<BalanceLine>>, Trouble> {
        let (mut found, mut after): (Vec<_>, Option<String>) = (Vec::new(), None);
        for _ in 0..pages {
            let mut list = of.clone().expand(["data.source".to_owned()]).limit(PAGE);
            if let Some(after) = &after {
                list = list.starting_after(after.as_str());
            }
            let page = list.send(&self.client).await.map_err(trouble)?;
            after = page.data.last().map(|last| last.id.to_string()).filter(|_| page.has_more);
            found.extend(page.data.into_iter().map(line));
            if after.is_none() {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

fn from(since: DateTime<Utc>) -> stripe_types::RangeQueryTs {
    stripe_types::RangeQueryTs::Bounds(stripe_types::RangeBoundsTs {
        gte: Some(since.timestamp()),
        ..Default::default()
    })
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

fn payout(payout: stripe_shared::Payout) -> PayoutAnswer {
    PayoutAnswer {
        id: payout.id.to_string(),
        amount_minor: payout.amount,
        currency: payout.currency.to_string().to_ascii_uppercase(),
        automatic: payout.automatic,
        itemised: payout.reconciliation_status == PayoutReconciliationStatus::Completed,
        made_at: at(payout.created),
        arrives_at: at(payout.arrival_date),
        failure: payout.failure_message.or(payout.failure_code).unwrap_or_default(),
        status: payout.status,
    }
}

fn line(line: stripe_shared::BalanceTransaction) -> BalanceLine {
    let source = line.source.as_ref();
    let intent = match source.and_then(|source| source.as_object()) {
        Some(Behind::Charge(charge)) => charge.payment_intent.as_ref(),
        Some(Behind::Refund(refund)) => refund.payment_intent.as_ref(),
        Some(Behind::Dispute(dispute)) => dispute.payment_intent.as_ref(),
        _ => None,
    };
    BalanceLine {
        id: line.id.to_string(),
        kind: line.type_.as_str().to_owned(),
        source: source.map(|source| source.id().to_string()).unwrap_or_default(),
        payment_intent: intent.map(|intent| intent.id().to_string()).unwrap_or_default(),
        amount_minor: line.amount,
        fee_minor: line.fee,
        currency: line.currency.to_string().to_ascii_uppercase(),
        at: at(line.created),
    }
}
