//! Giving money back: rows first, then Stripe, then the books. Resumable at any point.

use chrono::TimeDelta;
use db::DbError;
use domain::ids::RefundId;
use messages::purchase::v1::{Buyer, OrderRefunded, RefundReason};
use settings::crash;

use super::store::DueRefund;
use super::stripe::{RefundAnswer, Trouble};
use super::{ledger, store};
use crate::{Shop, orders};

/// Stripe forgets a key after 24 hours: from then on we look the refund up before we ask for it.
const KEY_LIVES: TimeDelta = TimeDelta::hours(23);

/// Makes all refunds whose turn has come; says how many there were.
pub async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    // Long enough for one call; should this process die, another takes over then.
    let again = now + TimeDelta::seconds(30);
    let due = shop.db.transaction(async |conn| store::claim_refunds(conn, now, again).await).await?;
    for refund in &due {
        make(shop, refund).await?;
    }
    Ok(due.len())
}

async fn make(shop: &Shop, refund: &DueRefund) -> Result<(), DbError> {
    let answer = ask(shop, refund).await;
    crash::point("P10");
    match answer {
        Ok(RefundAnswer { id, failed: false }) => succeeded(shop, refund, &id).await,
        Ok(RefundAnswer { id, .. }) => {
            failed(shop, refund.id, Some(&id), "Stripe could not give it back").await
        }
        Err(Trouble::Unknown(problem)) => {
            let wait = TimeDelta::seconds(2_i64.saturating_pow(refund.tries.clamp(1, 9).unsigned_abs()));
            tracing::warn!(refund = %refund.id, problem, tries = refund.tries, "a refund's outcome is unknown");
            let mut conn = shop.db.conn().await?;
            store::refund_later(&mut conn, refund.id, &problem, shop.clock.now() + wait).await
        }
        Err(refused @ Trouble::Refused { .. }) => failed(shop, refund.id, None, &refused.to_string()).await,
    }
}

async fn ask(shop: &Shop, refund: &DueRefund) -> Result<RefundAnswer, Trouble> {
    if refund.created_at + KEY_LIVES < shop.clock.now()
        && let Some(found) = shop.stripe.find_refund(refund.id, &refund.payment_intent).await?
    {
        return Ok(found);
    }
    shop.stripe.refund(refund.id, refund.order, &refund.payment_intent, refund.amount_minor).await
}

async fn succeeded(shop: &Shop, refund: &DueRefund, stripe_id: &str) -> Result<(), DbError> {
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            if !store::end_refund(conn, refund.id, Some(stripe_id), None, now).await? {
                return Ok(());
            }
            let entries = ledger::reversed(ledger::owed(refund.amount_minor));
            let source = ledger::Source::Refund(refund.id.uuid());
            ledger::book(conn, source, refund.order, &refund.currency, &entries, now).await?;
            let revision = orders::store::next_revision(conn, refund.order).await?;
            let Some(order) = orders::store::find(conn, refund.order).await? else {
                return Err(DbError::NotFound);
            };
            let message = OrderRefunded {
                order_id: refund.order.to_string(),
                revision,
                reference: order.reference.clone(),
                event_id: order.event_id.to_string(),
                refund_id: refund.id.to_string(),
                currency: refund.currency.clone(),
                amount_minor: refund.amount_minor,
                // Money that became no order took no ticket back.
                ticket_ids: Vec::new(),
                reason: reason(&refund.reason).into(),
                buyer: Some(Buyer {
                    name: order.buyer_name,
                    email: order.buyer_email,
                    language: order.language,
                }),
                refunded_at: messages::millis(now),
            };
            bus::outbox::add(conn, &message, now).await?;
            Ok::<_, DbError>(())
        })
        .await?;
    shop.metrics.refunded(&refund.reason);
    Ok(())
}

/// A refund that Stripe will not make needs a person: it is kept, and said loudly.
async fn failed(shop: &Shop, id: RefundId, stripe_id: Option<&str>, problem: &str) -> Result<(), DbError> {
    tracing::error!(refund = %id, problem, "a refund failed and needs a person");
    let mut conn = shop.db.conn().await?;
    store::end_refund(&mut conn, id, stripe_id, Some(problem), shop.clock.now()).await?;
    shop.metrics.refunded("failed");
    Ok(())
}

fn reason(code: &str) -> RefundReason {
    match code {
        "late_payment" => RefundReason::LatePayment,
        "second_payment" => RefundReason::SecondPayment,
        "amount_mismatch" => RefundReason::AmountMismatch,
        "staff" => RefundReason::Staff,
        _ => RefundReason::Unspecified,
    }
}
