//! Refunds: money goes back, at once, later, or not after all.

use serde_json::{Value, json};

use super::errors::ApiError;
use super::model::{Charge, Movement, MovementKind, Refund, RefundFate};
use super::params::{CreateRefund, check_metadata};
use super::view;
use super::{disputes, events};
use crate::books::Books;
use crate::ids;
use crate::moment::Moment;

/// How long the banks of the "later" cards take, in seconds.
const LATER: i64 = 2;

/// `POST /v1/refunds`.
pub fn create(books: &mut Books, moment: &Moment, asked: CreateRefund) -> Result<Value, ApiError> {
    check_metadata(&asked.metadata)?;
    check_reason(asked.reason.as_deref())?;
    let charge = target(books, &asked)?.clone();
    if disputes::took(books, &charge.id) {
        let message = format!("Charge {} has been charged back; cannot issue a refund.", charge.id);
        return Err(ApiError::illegal(Some("charge_disputed"), message));
    }
    let amount = amount(&charge, asked.amount)?;
    let (status, turn) = match charge.refund_fate {
        RefundFate::Succeeds => ("succeeded", None),
        RefundFate::SucceedsLater => ("pending", Some((moment.now + LATER, "succeeded".to_owned()))),
        RefundFate::FailsLater => ("succeeded", Some((moment.now + LATER, "failed".to_owned()))),
    };
    let mut refund = Refund {
        id: ids::random("re_3", 23),
        created: moment.now,
        amount,
        currency: charge.currency.clone(),
        charge: charge.id.clone(),
        payment: charge.payment.clone(),
        reason: asked.reason,
        metadata: asked.metadata,
        status: status.to_owned(),
        movement: None,
        failure_movement: None,
        turn,
    };
    refund.movement = Some(move_money(books, moment, &refund, MovementKind::Refund));
    let shown = view::refund(&refund);
    give_back(books, moment, &charge, amount);
    books.refunds.add(refund);
    events::raise(books, moment, "refund.created", shown.clone(), None);
    Ok(shown)
}

fn check_reason(reason: Option<&str>) -> Result<(), ApiError> {
    match reason {
        None | Some("duplicate" | "fraudulent" | "requested_by_customer") => Ok(()),
        Some(other) => {
            let message = format!(
                "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer, not {other}"
            );
            Err(ApiError::parameter("reason", None, message))
        }
    }
}

/// The charge to give back: named itself, or the one that its payment intent succeeded with.
fn target<'a>(books: &'a Books, asked: &CreateRefund) -> Result<&'a Charge, ApiError> {
    let charge = match (&asked.charge, &asked.payment_intent) {
        (Some(id), _) => books.charges.get(id).ok_or_else(|| ApiError::no_such("charge", "charge", id))?,
        (None, Some(id)) => {
            let no_such = || ApiError::no_such("payment_intent", "payment_intent", id);
            let payment = books.payments.get(id).ok_or_else(no_such)?;
            let latest = payment.latest_charge.as_deref().and_then(|id| books.charges.get(id));
            let message = format!("This PaymentIntent ({id}) does not have a successful charge to refund.");
            latest.ok_or_else(|| ApiError::illegal(None, message))?
        }
        (None, None) => return Err(ApiError::missing("payment_intent")),
    };
    if charge.decline.is_some() {
        let message =
            format!("This PaymentIntent ({}) does not have a successful charge to refund.", charge.payment);
        return Err(ApiError::illegal(None, message));
    }
    Ok(charge)
}

fn amount(charge: &Charge, asked: Option<i64>) -> Result<i64, ApiError> {
    let left = charge.amount - charge.refunded;
    if left <= 0 {
        let message = format!("Charge {} has already been refunded.", charge.id);
        return Err(ApiError::illegal(Some("charge_already_refunded"), message));
    }
    match asked {
        None => Ok(left),
        Some(amount) if amount < 1 => {
            let message = "This value must be greater than or equal to 1.";
            Err(ApiError::parameter("amount", Some("parameter_invalid_integer"), message))
        }
        Some(amount) if amount > left => {
            let message = format!(
                "Refund amount ({amount} {currency}) is greater than unrefunded amount on charge ({left} {currency})",
                currency = charge.currency
            );
            Err(ApiError::parameter("amount", None, message).kept())
        }
        Some(amount) => Ok(amount),
    }
}

fn move_money(books: &mut Books, moment: &Moment, refund: &Refund, kind: MovementKind) -> String {
    let amount = if kind == MovementKind::Refund { -refund.amount } else { refund.amount };
    let movement = Movement {
        id: ids::random("txn_3", 23),
        created: moment.now,
        amount,
        fee: 0, // Stripe keeps the fee of the payment and takes none for giving it back.
        currency: refund.currency.clone(),
        source: refund.id.clone(),
        kind,
        description: Some(format!("{} of {}", kind.code(), refund.charge)),
        payout: None,
    };
    let id = movement.id.clone();
    books.movements.add(movement);
    id
}

fn give_back(books: &mut Books, moment: &Moment, charge: &Charge, amount: i64) {
    let Some(charge) = books.charges.get_mut(&charge.id) else { return };
    let previous = json!({"amount_refunded": charge.refunded, "refunded": false});
    charge.refunded += amount;
    let shown = view::charge(charge);
    // A refund that failed puts the money back without an event of the charge's own.
    if amount > 0 {
        events::raise(books, moment, "charge.refunded", shown, Some(previous));
    }
}

/// Whether a refund waits for its bank no longer.
pub fn is_due(books: &Books, now: i64) -> bool {
    books.refunds.iter().any(|refund| refund.turn.as_ref().is_some_and(|(at, _)| *at <= now))
}

/// The banks answer.
pub fn settle(books: &mut Books, moment: &Moment) {
    let due: Vec<String> = books
        .refunds
        .iter()
        .filter(|refund| refund.turn.as_ref().is_some_and(|(at, _)| *at <= moment.now))
        .map(|refund| refund.id.clone())
        .collect();
    for id in due {
        turn(books, moment, &id);
    }
}

fn turn(books: &mut Books, moment: &Moment, id: &str) {
    let Some(refund) = books.refunds.get_mut(id) else { return };
    let Some((_, status)) = refund.turn.take() else { return };
    let previous = json!({ "status": refund.status });
    refund.status = status;
    let after = refund.clone();
    if after.status == "failed" {
        let back = move_money(books, moment, &after, MovementKind::RefundFailure);
        if let Some(charge) = books.charges.get(&after.charge).cloned() {
            give_back(books, moment, &charge, -after.amount);
        }
        if let Some(refund) = books.refunds.get_mut(id) {
            refund.failure_movement = Some(back);
        }
    }
    let Some(shown) = books.refunds.get(id).map(view::refund) else { return };
    events::raise(books, moment, "refund.updated", shown.clone(), Some(previous));
    if after.status == "failed" {
        events::raise(books, moment, "refund.failed", shown, None);
    }
}
