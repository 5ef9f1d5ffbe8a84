//! Disputes, as Stripe describes them.

use chrono::{DateTime, Utc};
use domain::dispute::{DisputeStatus, Standing};
use domain::ids::OrderId;
use stripe_core::dispute::RetrieveDispute;

use super::{ORDER, Stripe, Trouble, trouble};

/// A dispute as Stripe describes it now.
#[derive(Debug, Clone)]
pub struct DisputeAnswer {
    /// Stripe's id.
    pub id: String,
    /// The payment it takes back.
    pub payment_intent: Option<String>,
    /// Our order, from the payment's metadata, where Stripe showed the payment.
    pub order: Option<OrderId>,
    /// How much the guest disputes, minor units.
    pub amount_minor: i64,
    /// In which currency (ISO 4217, upper case).
    pub currency: String,
    /// Why, as the bank gives it.
    pub reason: String,
    /// Where it stands.
    pub status: DisputeStatus,
    /// Until when it may be answered.
    pub answer_by: Option<DateTime<Utc>>,
    /// How often it was.
    pub answers: i32,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Money that moved for it.
    pub movements: Vec<DisputeMovement>,
}

/// Money that moved at Stripe for a dispute.
#[derive(Debug, Clone)]
pub struct DisputeMovement {
    /// Stripe's id of the balance transaction.
    pub id: String,
    /// Taken negative, given back positive, minor units.
    pub amount_minor: i64,
    /// What Stripe takes for it; negative where it gives that back.
    pub fee_minor: i64,
    /// In which currency (ISO 4217, upper case).
    pub currency: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl DisputeAnswer {
    /// How far it is.
    pub fn standing(&self) -> Standing {
        Standing { status: self.status, movements: self.movements.len() }
    }
}

impl Stripe {
    /// What Stripe says about a dispute now.
    pub async fn dispute(&self, id: &str) -> Result<DisputeAnswer, Trouble> {
        let asked = RetrieveDispute::new(id).expand(["payment_intent".to_owned()]);
        asked.send(&self.client).await.map_err(trouble).and_then(dispute)
    }
}

/// A status that we do not know is not guessed at: it is asked about again, and seen to wait.
pub(super) fn dispute(dispute: stripe_shared::Dispute) -> Result<DisputeAnswer, Trouble> {
    let word = dispute.status.as_str();
    let status = DisputeStatus::from_code(word)
        .ok_or_else(|| Trouble::Unknown(format!("a dispute of Stripe's is {word}, which we do not know")))?;
    let intent = dispute.payment_intent.as_ref();
    let named = intent.and_then(|intent| intent.as_object()).and_then(|intent| intent.metadata.get(ORDER));
    let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    Ok(DisputeAnswer {
        payment_intent: intent.map(|intent| intent.id().to_string()),
        order: named.and_then(|id| id.parse().ok()).map(OrderId::from_uuid),
        amount_minor: dispute.amount,
        currency: dispute.currency.to_string().to_ascii_uppercase(),
        answer_by: dispute.evidence_details.due_by.map(at),
        answers: i32::try_from(dispute.evidence_details.submission_count).unwrap_or(i32::MAX),
        opened_at: at(dispute.created),
        movements: dispute
            .balance_transactions
            .iter()
            .map(|moved| DisputeMovement {
                id: moved.id.to_string(),
                amount_minor: moved.amount,
                fee_minor: moved.fee,
                currency: moved.currency.to_string().to_ascii_uppercase(),
                at: at(moved.created),
            })
            .collect(),
        status,
        reason: dispute.reason,
        id: dispute.id.to_string(),
    })
}
