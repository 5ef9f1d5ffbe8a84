//! A guest pays: the one place where money comes in.

use super::cards::{self, Outcome};
use super::events;
use super::model::{
    Charge, Decline, Movement, MovementKind, Payment, PaymentStatus, RefundFate, Session, SessionStatus,
};
use super::view;
use crate::books::Books;
use crate::ids;
use crate::moment::Moment;

/// What came of a try to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paid {
    /// Money moved; the guest goes to this URL.
    Done(String),
    /// The bank wants to see the owner first.
    Challenge,
    /// Refused; the guest may try another card.
    Declined(Decline),
    /// The session is complete or expired: nothing was tried.
    Closed,
    /// There is no such session.
    Unknown,
}

/// The guest typed a card number and pressed Pay.
pub fn pay(public_url: &str, books: &mut Books, moment: &Moment, session_id: &str, typed: &str) -> Paid {
    let Some(session) = books.sessions.get(session_id) else { return Paid::Unknown };
    if !session.is_open() {
        return Paid::Closed;
    }
    if session.total() == 0 {
        return complete(public_url, books, moment, session_id);
    }
    match cards::outcome(typed) {
        Outcome::Unreadable(decline) => Paid::Declined(decline),
        Outcome::Declined(decline) => refuse(books, moment, session_id, typed, decline),
        Outcome::Challenge => challenge(books, moment, session_id, typed),
        Outcome::Approved(fate) => {
            capture(books, moment, session_id, typed, fate, false);
            complete(public_url, books, moment, session_id)
        }
    }
}

/// The guest passed or failed the 3-D Secure step.
pub fn answer_challenge(
    public_url: &str,
    books: &mut Books,
    moment: &Moment,
    session_id: &str,
    passed: bool,
) -> Paid {
    let Some(session) = books.sessions.get_mut(session_id) else { return Paid::Unknown };
    if !session.is_open() {
        return Paid::Closed;
    }
    let Some(card) = session.challenged.take() else {
        return Paid::Declined(cards::authentication_failed());
    };
    if !passed {
        return refuse(books, moment, session_id, &card, cards::authentication_failed());
    }
    capture(books, moment, session_id, &card, RefundFate::Succeeds, true);
    complete(public_url, books, moment, session_id)
}

fn challenge(books: &mut Books, moment: &Moment, session_id: &str, typed: &str) -> Paid {
    let payment = ensure_payment(books, moment, session_id);
    if let Some(payment) = books.payments.get_mut(&payment) {
        payment.status = PaymentStatus::RequiresAction;
    }
    if let Some(session) = books.sessions.get_mut(session_id) {
        session.challenged = Some(typed.to_owned());
    }
    Paid::Challenge
}

fn refuse(books: &mut Books, moment: &Moment, session_id: &str, typed: &str, decline: Decline) -> Paid {
    let payment_id = ensure_payment(books, moment, session_id);
    let authenticated = cards::authentication_failed() == decline;
    // A failed 3-D Secure step never reaches the bank: no charge, only a payment intent that waits again.
    let charge = (!authenticated).then(|| {
        let mut charge = new_charge(books, moment, session_id, &payment_id, typed, false);
        charge.decline = Some(decline.clone());
        charge
    });
    let charge_id = charge.as_ref().map(|charge| charge.id.clone());
    if let Some(payment) = books.payments.get_mut(&payment_id) {
        payment.status = PaymentStatus::RequiresPaymentMethod;
        payment.last_error = Some(decline.clone());
        payment.latest_charge = charge_id.or(payment.latest_charge.take());
        let shown = view::payment(payment);
        events::raise(books, moment, "payment_intent.payment_failed", shown, None);
    }
    if let Some(charge) = charge {
        events::raise(books, moment, "charge.failed", view::charge(&charge), None);
        books.charges.add(charge);
    }
    Paid::Declined(decline)
}

pub(super) fn capture(
    books: &mut Books,
    moment: &Moment,
    session_id: &str,
    typed: &str,
    fate: RefundFate,
    authenticated: bool,
) {
    let payment_id = ensure_payment(books, moment, session_id);
    let mut charge = new_charge(books, moment, session_id, &payment_id, typed, authenticated);
    charge.refund_fate = fate;
    let movement = Movement {
        id: ids::random("txn_3", 23),
        created: moment.now,
        amount: charge.amount,
        fee: fee(charge.amount),
        currency: charge.currency.clone(),
        source: charge.id.clone(),
        kind: MovementKind::Charge,
        description: charge.description.clone(),
        payout: None,
    };
    charge.movement = Some(movement.id.clone());
    books.movements.add(movement);
    if let Some(payment) = books.payments.get_mut(&payment_id) {
        payment.status = PaymentStatus::Succeeded;
        payment.last_error = None;
        payment.latest_charge = Some(charge.id.clone());
        let shown = view::payment(payment);
        events::raise(books, moment, "charge.succeeded", view::charge(&charge), None);
        events::raise(books, moment, "payment_intent.succeeded", shown, None);
    }
    books.charges.add(charge);
}

/// What Stripe keeps of a European card: 1.5 % (rounded half up) and 25 minor units.
pub fn fee(amount: i64) -> i64 {
    (amount * 15 + 500) / 1000 + 25
}

pub(super) fn complete(public_url: &str, books: &mut Books, moment: &Moment, session_id: &str) -> Paid {
    let Some(session) = books.sessions.get_mut(session_id) else { return Paid::Unknown };
    session.status = SessionStatus::Complete;
    session.challenged = None;
    let deadline = (session.expires_at, session.id.clone());
    let next = session.return_url();
    let shown = view::session(session, public_url);
    books.deadlines.remove(&deadline);
    events::raise(books, moment, "checkout.session.completed", shown, None);
    Paid::Done(next)
}

/// The session's payment intent; made at the first try, as Stripe does.
pub(super) fn ensure_payment(books: &mut Books, moment: &Moment, session_id: &str) -> String {
    let session = books.sessions.get_mut(session_id).expect("the caller has just read this session");
    if let Some(id) = &session.payment_intent {
        return id.clone();
    }
    let id = ids::random("pi_3", 23);
    session.payment_intent = Some(id.clone());
    let payment = Payment {
        id: id.clone(),
        created: moment.now,
        amount: session.total(),
        currency: session.currency.clone(),
        status: PaymentStatus::RequiresPaymentMethod,
        metadata: session.payment_metadata.clone(),
        description: session.payment_description.clone(),
        receipt_email: session.receipt_email.clone(),
        statement_suffix: session.statement_suffix.clone(),
        session: session.id.clone(),
        latest_charge: None,
        last_error: None,
    };
    let shown = view::payment(&payment);
    books.payments.add(payment);
    events::raise(books, moment, "payment_intent.created", shown, None);
    id
}

fn new_charge(
    books: &Books,
    moment: &Moment,
    session_id: &str,
    payment_id: &str,
    typed: &str,
    authenticated: bool,
) -> Charge {
    let session: Option<&Session> = books.sessions.get(session_id);
    let payment = books.payments.get(payment_id).expect("ensure_payment has just made it");
    Charge {
        id: ids::random("ch_3", 23),
        created: moment.now,
        amount: payment.amount,
        refunded: 0,
        currency: payment.currency.clone(),
        payment: payment.id.clone(),
        card: cards::shown(typed, authenticated),
        decline: None,
        movement: None,
        metadata: payment.metadata.clone(),
        description: payment.description.clone(),
        email: session.and_then(|session| session.customer_email.clone()),
        name: None,
        receipt_email: payment.receipt_email.clone(),
        statement_suffix: payment.statement_suffix.clone(),
        refund_fate: RefundFate::Succeeds,
        disputed: false,
    }
}

#[cfg(test)]
mod tests {
    use super::fee;

    #[test]
    fn the_fee_is_rounded_half_up() {
        assert_eq!(fee(1000), 40);
        assert_eq!(fee(2350), 60); // 35.25 → 35
        assert_eq!(fee(2300), 60); // 34.5 → 35
    }
}
