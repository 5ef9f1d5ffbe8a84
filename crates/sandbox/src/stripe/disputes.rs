//! Disputes: a payer's bank takes a payment back, or asks about it first, and decides in the end.
//!
//! Nobody opens one through Stripe's API: here the control interface does, for tests and for whoever tries the club out.

use serde::Deserialize;
use serde_json::{Value, json};

use super::errors::ApiError;
use super::events;
use super::model::{Dispute, DisputeStatus, Movement, MovementKind};
use super::view;
use crate::books::Books;
use crate::ids;
use crate::moment::Moment;

/// What Stripe takes for a dispute, minor units.
const FEE: i64 = 1500;
/// How long a shop has to answer, seconds.
const DUE_IN: i64 = 7 * 24 * 60 * 60;

/// How a dispute begins.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// `pi_…` or `ch_…`
    pub payment: String,
    /// Minor units; left out: all that has not gone back.
    pub amount: Option<i64>,
    /// The payer's reason.
    #[serde(default = "fraudulent")]
    pub reason: String,
    /// The bank only asks: no money moves.
    #[serde(default)]
    pub inquiry: bool,
    /// Seconds until the answer is due.
    pub due_in: Option<i64>,
}

fn fraudulent() -> String {
    "fraudulent".to_owned()
}

/// How it goes on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Where it stands from now on.
    pub status: DisputeStatus,
    /// Stripe keeps its fee though the shop was right.
    #[serde(default)]
    pub fee_kept: bool,
}

/// Opens a dispute; says in a sentence why not.
pub fn open(books: &mut Books, moment: &Moment, asked: Opening) -> Result<Value, String> {
    let by_payment = books.payments.get(&asked.payment).and_then(|payment| payment.latest_charge.as_deref());
    let charge = books.charges.get(by_payment.unwrap_or(&asked.payment)).cloned();
    let charge = charge.filter(|charge| charge.decline.is_none()).ok_or("no such captured payment")?;
    if is_open(books, &charge.id) {
        return Err("the payment has an open dispute".to_owned());
    }
    let amount = asked.amount.unwrap_or(charge.amount - charge.refunded);
    if !(1..=charge.amount).contains(&amount) {
        return Err("the amount is between 1 and what was captured".to_owned());
    }
    let status =
        if asked.inquiry { DisputeStatus::WarningNeedsResponse } else { DisputeStatus::NeedsResponse };
    let dispute = Dispute {
        id: ids::random("dp_1", 23),
        created: moment.now,
        amount,
        currency: charge.currency.clone(),
        charge: charge.id.clone(),
        payment: charge.payment.clone(),
        reason: asked.reason,
        status,
        due_by: moment.now + asked.due_in.unwrap_or(DUE_IN),
        submissions: 0,
        movements: Vec::new(),
    };
    let id = dispute.id.clone();
    books.disputes.add(dispute);
    if !asked.inquiry {
        withdraw(books, moment, &id);
    }
    let shown = told(books, moment, &id, "charge.dispute.created", None);
    if !asked.inquiry {
        told(books, moment, &id, "charge.dispute.funds_withdrawn", None);
    }
    Ok(shown)
}

/// Moves a dispute on; says in a sentence why not.
pub fn go_on(books: &mut Books, moment: &Moment, id: &str, asked: &Move) -> Result<Value, String> {
    let before = books.disputes.get(id).ok_or("no such dispute")?.status;
    let after = asked.status;
    if before.is_closed() || before == after || (after.is_inquiry() && !before.is_inquiry()) {
        return Err(format!("a dispute does not go from {} to {}", before.code(), after.code()));
    }
    let escalates = before.is_inquiry() && !after.is_inquiry();
    if let Some(dispute) = books.disputes.get_mut(id) {
        let answered = matches!(after, DisputeStatus::WarningUnderReview | DisputeStatus::UnderReview);
        dispute.submissions += u64::from(answered);
        dispute.status = after;
    }
    if escalates {
        withdraw(books, moment, id);
    }
    if after == DisputeStatus::Won {
        reinstate(books, moment, id, asked.fee_kept);
    }
    let kind = if after.is_closed() { "charge.dispute.closed" } else { "charge.dispute.updated" };
    let shown = told(books, moment, id, kind, Some(json!({ "status": before.code() })));
    if escalates {
        told(books, moment, id, "charge.dispute.funds_withdrawn", None);
    }
    if after == DisputeStatus::Won {
        told(books, moment, id, "charge.dispute.funds_reinstated", None);
    }
    Ok(shown)
}

/// `GET /v1/disputes/{id}`.
pub fn retrieve(books: &Books, id: &str, now: i64) -> Result<Value, ApiError> {
    let found = books.disputes.get(id).map(|dispute| shown(books, dispute, now));
    found.ok_or_else(|| ApiError::no_such("dispute", "dispute", id))
}

/// A dispute as Stripe shows it.
pub fn shown(books: &Books, dispute: &Dispute, now: i64) -> Value {
    let movements: Vec<&Movement> =
        dispute.movements.iter().filter_map(|id| books.movements.get(id)).collect();
    let brand = books.charges.get(&dispute.charge).map_or("visa", |charge| charge.card.brand.as_str());
    view::dispute(dispute, &movements, brand, now)
}

/// Whether a bank has taken this charge back, or is about to: then it can't be refunded.
pub fn took(books: &Books, charge: &str) -> bool {
    books.disputes.iter().any(|dispute| {
        dispute.charge == charge && !dispute.status.is_inquiry() && dispute.status != DisputeStatus::Won
    })
}

fn is_open(books: &Books, charge: &str) -> bool {
    books.disputes.iter().any(|dispute| dispute.charge == charge && !dispute.status.is_closed())
}

fn withdraw(books: &mut Books, moment: &Moment, id: &str) {
    let Some(dispute) = books.disputes.get(id).cloned() else { return };
    move_money(books, moment, &dispute, MovementKind::Dispute, FEE);
    if let Some(charge) = books.charges.get_mut(&dispute.charge) {
        charge.disputed = true;
    }
}

fn reinstate(books: &mut Books, moment: &Moment, id: &str, fee_kept: bool) {
    let Some(dispute) = books.disputes.get(id).cloned() else { return };
    // What was never taken does not come back.
    if !dispute.movements.is_empty() {
        let fee = if fee_kept { 0 } else { -FEE };
        move_money(books, moment, &dispute, MovementKind::DisputeReversal, fee);
    }
}

fn move_money(books: &mut Books, moment: &Moment, dispute: &Dispute, kind: MovementKind, fee: i64) {
    let amount = if kind == MovementKind::Dispute { -dispute.amount } else { dispute.amount };
    let movement = Movement {
        id: ids::random("txn_1", 23),
        created: moment.now,
        amount,
        fee,
        currency: dispute.currency.clone(),
        source: dispute.id.clone(),
        kind,
        description: Some(format!("{} of {}", kind.category(), dispute.charge)),
        payout: None,
    };
    let id = movement.id.clone();
    books.movements.add(movement);
    if let Some(dispute) = books.disputes.get_mut(&dispute.id) {
        dispute.movements.push(id);
    }
}

/// Raises an event with the dispute as it is now.
fn told(books: &mut Books, moment: &Moment, id: &str, kind: &str, previous: Option<Value>) -> Value {
    let object = books.disputes.get(id).map_or(Value::Null, |dispute| shown(books, dispute, moment.now));
    events::raise(books, moment, kind, object.clone(), previous);
    object
}
