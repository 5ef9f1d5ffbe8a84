//! A way to pay whose money comes later: the session is complete and unpaid until the bank has spoken.

use super::events;
use super::model::{Decline, PaymentStatus, RefundFate, SessionStatus};
use super::payments::{self, Paid};
use super::view;
use crate::books::Books;
use crate::moment::Moment;

/// Stands in the charge where a card would.
const SHOWN: &str = "4242424242424242";

/// The guest gave the order to pay: nothing has moved yet.
pub fn promise(public_url: &str, books: &mut Books, moment: &Moment, session_id: &str) -> Paid {
    let Some(session) = books.sessions.get_mut(session_id) else { return Paid::Unknown };
    if !session.is_open() {
        return Paid::Closed;
    }
    session.unpaid = true;
    let payment_id = payments::ensure_payment(books, moment, session_id);
    if let Some(payment) = books.payments.get_mut(&payment_id) {
        payment.status = PaymentStatus::Processing;
        payment.last_error = None;
        let shown = view::payment(payment);
        events::raise(books, moment, "payment_intent.processing", shown, None);
    }
    payments::complete(public_url, books, moment, session_id)
}

/// The bank has spoken: the money is there, or it never comes. `false`: nothing was on its way.
pub fn settle(public_url: &str, books: &mut Books, moment: &Moment, session_id: &str, paid: bool) -> bool {
    let on_its_way = |books: &Books| {
        let session = books.sessions.get(session_id)?;
        let waits = session.status == SessionStatus::Complete && session.unpaid;
        let payment = books.payments.get(session.payment_intent.as_deref()?)?;
        (waits && payment.status == PaymentStatus::Processing).then(|| payment.id.clone())
    };
    let Some(payment_id) = on_its_way(books) else { return false };
    if paid {
        payments::capture(books, moment, session_id, SHOWN, RefundFate::Succeeds, false);
        if let Some(session) = books.sessions.get_mut(session_id) {
            session.unpaid = false;
        }
    } else if let Some(payment) = books.payments.get_mut(&payment_id) {
        payment.status = PaymentStatus::RequiresPaymentMethod;
        payment.last_error = Some(Decline {
            code: "payment_intent_payment_attempt_failed".to_owned(),
            decline_code: None,
            message: "The payment failed.".to_owned(),
        });
        let shown = view::payment(payment);
        events::raise(books, moment, "payment_intent.payment_failed", shown, None);
    }
    if let Some(session) = books.sessions.get(session_id) {
        let shown = view::session(session, public_url);
        let kind = if paid { "succeeded" } else { "failed" };
        let kind = format!("checkout.session.async_payment_{kind}");
        events::raise(books, moment, &kind, shown, None);
    }
    true
}
