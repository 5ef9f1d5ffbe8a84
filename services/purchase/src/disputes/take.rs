//! What Stripe says about a dispute becomes our state: one transaction, whoever asked, in any order and as often as they like.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::DisputeId;
use messages::purchase::v1::{DisputeStatus as Told, OrderDisputed};
use settings::crash;
use uuid::Uuid;

use super::freeze;
use super::store::{self, DisputeRow, Disputed};
use crate::orders::store::OrderRow;
use crate::payments::ledger::{self, Source};
use crate::payments::store::{self as payments, Oddity};
use crate::payments::stripe::disputes::DisputeAnswer;
use crate::{Shop, credits, exchanges, orders};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is new, or has gone on.
    News,
    /// It was known as it is, or further.
    Known,
}

/// Takes a dispute over. None: its payment is none of ours, as far as is known.
pub(crate) async fn take(shop: &Shop, seen: &DisputeAnswer) -> Result<Option<Taken>, DbError> {
    let now = shop.clock.now();
    let taken = shop.db.transaction(async |conn| take_once(conn, seen, now).await).await?;
    if taken == Some(Taken::News) {
        crash::point("D1");
        tracing::warn!(dispute = seen.id, status = seen.status.code(), "a dispute has changed");
        shop.metrics.disputed(seen.status);
        shop.bus.wake_relay();
        shop.bells.marks.notify_one();
        shop.bells.refunds.notify_one();
    }
    Ok(taken)
}

async fn take_once(
    conn: &mut Conn,
    seen: &DisputeAnswer,
    now: DateTime<Utc>,
) -> Result<Option<Taken>, DbError> {
    let intent = seen.payment_intent.as_deref().unwrap_or_default();
    let Some(disputed) = store::payment(conn, intent).await? else { return Ok(None) };
    // Exchanges first, as everywhere: who pays one or gives it back has its row, and wants that of the order whose ticket went.
    for exchange in exchanges::store::out_of(conn, disputed.order.into()).await? {
        orders::store::lock(conn, exchange).await?;
    }
    let order = orders::store::lock(conn, disputed.order.into()).await?.ok_or(DbError::NotFound)?;
    let held = store::by_stripe(conn, &seen.id).await?;
    let held_money = held.as_ref().is_some_and(|held| held.status().holds_money());
    let row = match held {
        Some(held) if !seen.standing().follows(held.standing()) => return Ok(Some(Taken::Known)),
        Some(held) => {
            let row = gone_on(&held, seen, now);
            if row.says_the_same(&held) {
                return Ok(Some(Taken::Known));
            }
            row
        }
        None => opened(&disputed, seen, now),
    };
    store::put(conn, &row).await?;
    book(conn, &row, seen, now).await?;
    // Once: a mark that the owner takes off stays off when this dispute goes on.
    if disputed.for_order && row.status().holds_money() && !held_money {
        store::marks::mark(conn, order.key(), row.id, now).await?;
    }
    if disputed.for_order {
        freeze::settle(conn, &order, now).await?;
        had_credit(conn, &order, seen, now).await?;
    }
    bus::outbox::add(conn, &told(&row, &order), now).await?;
    Ok(Some(Taken::News))
}

/// Who got a credit instead of their money, and has their bank take the money as well, may have it twice: a person looks at it.
async fn had_credit(
    conn: &mut Conn,
    order: &OrderRow,
    seen: &DisputeAnswer,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let given = credits::store::given_for(conn, order.key()).await?;
    if given == 0 {
        return Ok(());
    }
    let oddity = Oddity {
        kind: "credit_disputed",
        object: &seen.id,
        payment_intent: seen.payment_intent.as_deref(),
        order: Some(order.key()),
        amount_minor: Some(given),
        currency: Some(&order.currency),
        note: format!(
            "order {}: its guest was given so much as a credit, and their bank asks for the payment as well. Say so in the answer to the bank",
            order.reference
        ),
    };
    payments::quarantine(conn, &oddity, now).await.map(drop)
}

fn opened(disputed: &Disputed, seen: &DisputeAnswer, now: DateTime<Utc>) -> DisputeRow {
    let row = DisputeRow {
        id: DisputeId::generate().uuid(),
        stripe_dispute: seen.id.clone(),
        payment_id: disputed.payment,
        order_id: disputed.order,
        revision: 0,
        status: String::new(),
        reason: String::new(),
        currency: seen.currency.clone(),
        amount_minor: 0,
        movements: 0,
        taken_minor: 0,
        fees_minor: 0,
        answer_by: None,
        answers: 0,
        opened_at: seen.opened_at,
        noted_at: now,
        changed_at: now,
        closed_at: None,
    };
    gone_on(&row, seen, now)
}

/// The row as it stands with what Stripe says.
fn gone_on(held: &DisputeRow, seen: &DisputeAnswer, now: DateTime<Utc>) -> DisputeRow {
    DisputeRow {
        revision: held.revision + 1,
        status: seen.status.code().to_owned(),
        reason: seen.reason.clone(),
        amount_minor: seen.amount_minor,
        movements: i32::try_from(seen.movements.len()).unwrap_or(i32::MAX),
        taken_minor: -seen.movements.iter().map(|moved| moved.amount_minor).sum::<i64>(),
        fees_minor: seen.movements.iter().map(|moved| moved.fee_minor).sum(),
        answer_by: seen.answer_by,
        answers: seen.answers.max(held.answers),
        changed_at: now,
        closed_at: seen.status.is_closed().then(|| held.closed_at.unwrap_or(now)),
        ..held.clone()
    }
}

/// Each of Stripe's movements once, in its own currency.
async fn book(
    conn: &mut Conn,
    row: &DisputeRow,
    seen: &DisputeAnswer,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    for moved in &seen.movements {
        let source = Source::Dispute(Uuid::new_v5(&row.id, moved.id.as_bytes()));
        let entries = ledger::disputed(moved.amount_minor, moved.fee_minor);
        if entries.is_empty() || ledger::is_booked(conn, source).await? {
            continue;
        }
        ledger::book(conn, source, row.order_id.into(), &moved.currency, &entries, now).await?;
    }
    Ok(())
}

/// What the owner's desk hears of it.
pub(crate) fn told(row: &DisputeRow, order: &OrderRow) -> OrderDisputed {
    let status = match row.status.as_str() {
        "warning_needs_response" => Told::WarningNeedsResponse,
        "warning_under_review" => Told::WarningUnderReview,
        "warning_closed" => Told::WarningClosed,
        "needs_response" => Told::NeedsResponse,
        "under_review" => Told::UnderReview,
        "won" => Told::Won,
        "lost" => Told::Lost,
        "prevented" => Told::Prevented,
        // The table's CHECK knows the same words.
        _ => Told::Unspecified,
    };
    OrderDisputed {
        dispute_id: row.id.to_string(),
        revision: row.revision,
        order_id: order.id.to_string(),
        reference: order.reference.clone(),
        event_id: order.event_id.to_string(),
        stripe_dispute: row.stripe_dispute.clone(),
        currency: row.currency.clone(),
        amount_minor: row.amount_minor,
        taken_minor: row.taken_minor,
        fees_minor: row.fees_minor,
        status: status.into(),
        reason: row.reason.clone(),
        answer_by: row.answer_by.map(messages::millis).unwrap_or_default(),
        opened_at: messages::millis(row.opened_at),
        changed_at: messages::millis(row.changed_at),
    }
}
