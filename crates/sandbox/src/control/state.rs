//! `GET /control/state`: the sandbox's money and mail in one answer.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use serde_json::{Value, json};

use crate::books::Books;
use crate::house::House;
use crate::stripe::model::{Dispute, MovementKind, Payment, PaymentStatus};
use crate::stripe::{sessions, statement};

/// One currency's money, in minor units.
#[derive(Debug, Default, Serialize)]
struct Money {
    captured: i64,
    refunded: i64,
    fees: i64,
    disputed: i64,
    dispute_fees: i64,
    paid_out: i64,
    other: i64,
    balance: i64,
}

/// `GET /control/state`.
pub async fn state(house: Data<House>) -> HttpResponse {
    HttpResponse::Ok().json(house.look(|books| summary(books, house.clock.now())))
}

fn summary(books: &Books, now: i64) -> Value {
    let captured = books.payments.iter().filter(|payment| payment.status == PaymentStatus::Succeeded);
    let payments: Vec<Value> = captured.map(|payment| paid(books, payment)).collect();
    let mut statuses: BTreeMap<&str, usize> = BTreeMap::new();
    for session in books.sessions.iter() {
        *statuses.entry(session.status.code()).or_default() += 1;
    }
    json!({
        "now": now,
        "session_counts": statuses,
        "sessions": books.sessions.iter().map(sessions::summary).collect::<Vec<_>>(),
        "payments_captured": payments.len(),
        "payments": payments,
        "refunds": books.refunds.len(),
        "disputes": books.disputes.iter().map(|dispute| disputed(books, dispute)).collect::<Vec<_>>(),
        "money": money(books),
        "events": books.events.len(),
        "events_undelivered": books.events.iter().filter(|event| !event.settled).count(),
        "webhook_attempts": books.attempts.values().map(Vec::len).sum::<usize>(),
        "emails_accepted": books.mails.len(),
        "texts_accepted": books.texts.len(),
        "pushes": books.pushes,
        "wallet": books.wallet,
    })
}

fn paid(books: &Books, payment: &Payment) -> Value {
    let session = books.sessions.get(&payment.session);
    let charge = payment.latest_charge.as_deref().and_then(|id| books.charges.get(id));
    json!({
        "payment_intent": payment.id, "session": payment.session, "charge": payment.latest_charge,
        "client_reference_id": session.and_then(|session| session.client_reference_id.clone()),
        "metadata": session.map(|session| &session.metadata), "currency": payment.currency,
        "amount": payment.amount, "refunded": charge.map_or(0, |charge| charge.refunded),
        "receipt_email": payment.receipt_email, "statement": statement::line(payment.statement_suffix.as_deref()),
    })
}

/// What a dispute took, its fee included.
fn disputed(books: &Books, dispute: &Dispute) -> Value {
    let moved = dispute.movements.iter().filter_map(|id| books.movements.get(id));
    json!({
        "id": dispute.id, "payment_intent": dispute.payment, "status": dispute.status.code(),
        "amount": dispute.amount, "currency": dispute.currency,
        "net": moved.map(|movement| movement.amount - movement.fee).sum::<i64>(),
    })
}

fn money(books: &Books) -> BTreeMap<String, Money> {
    let mut money: BTreeMap<String, Money> = BTreeMap::new();
    for movement in books.movements.iter() {
        let sum = money.entry(movement.currency.clone()).or_default();
        match movement.kind {
            MovementKind::Charge => sum.captured += movement.amount,
            MovementKind::Refund | MovementKind::RefundFailure => sum.refunded -= movement.amount,
            MovementKind::Dispute | MovementKind::DisputeReversal => sum.disputed -= movement.amount,
            MovementKind::StripeFee | MovementKind::Topup => sum.other += movement.amount,
            MovementKind::Payout | MovementKind::PayoutFailure | MovementKind::PayoutCancel => {
                sum.paid_out -= movement.amount;
            }
        }
        match movement.kind {
            MovementKind::Dispute | MovementKind::DisputeReversal => sum.dispute_fees += movement.fee,
            _ => sum.fees += movement.fee,
        }
        sum.balance += movement.amount - movement.fee;
    }
    money
}
