//! The worker: rows first, then the door, then Stripe, then the books. Resumable at any point.
//!
//! Only Stripe's `succeeded` counts. `pending` is asked about again. A refusal that time or a person at Stripe can mend
//! (a key, a balance, a word we do not know) is tried again for as long as it takes; a gauge shows what waits.

use chrono::TimeDelta;
use db::DbError;
use domain::ids::RefundId;
use domain::refund::State;
use futures::StreamExt;
use settings::crash;

use super::at_stripe;
use super::before::{self, Found};
use super::ended::{again, credited, moves, told};
use super::go_on::go_on;
use super::store::{self, RefundRow};
use crate::payments::store::{self as payments, Oddity};
use crate::payments::stripe::{RefundAnswer, RefundState, Trouble};
use crate::payments::{inbox, ledger};
use crate::{Shop, credits, disputes, orders};

/// Refunds made side by side. A round takes no more than that.
const AT_ONCE: usize = 8;
/// How long a taken refund is nobody else's: longer than two answers of Stripe's and the transaction after them.
/// Should this process die, another takes over then.
pub(super) const CLAIM: TimeDelta = TimeDelta::seconds(30);
/// The longest pause between two tries.
const LONGEST_PAUSE: i64 = 3600;
/// What Stripe will never do, whoever asks.
const NEVER: [&str; 2] = ["charge_already_refunded", "charge_disputed"];

/// Makes all refunds whose turn has come; says how many there were.
pub async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    let claim =
        async |conn: &mut db::Conn| store::claim_refunds(conn, now, now + CLAIM, AT_ONCE as i64).await;
    let due = shop.db.transaction(claim).await?;
    futures::stream::iter(&due)
        .for_each_concurrent(AT_ONCE, async |refund| {
            if let Err(error) = make(shop, refund).await {
                tracing::warn!(%error, refund = %refund.id, "a refund waits for its next turn");
            }
        })
        .await;
    let mut conn = shop.db.conn().await?;
    for state in [State::Asked, State::Pending, State::Failed] {
        shop.metrics.refunds_in(state.code(), store::refunds_in(&mut conn, state).await?);
    }
    shop.metrics.disputes_to_answer(disputes::store::to_answer(&mut conn).await?);
    shop.metrics.quarantine_open(payments::open_oddities(&mut conn).await?);
    Ok(due.len())
}

async fn make(shop: &Shop, refund: &RefundRow) -> Result<(), DbError> {
    if refund.state() == State::Asked {
        return go_on(shop, refund).await.map(drop);
    }
    let Some(intent) = &refund.payment_intent else { return succeeded(shop, refund, None).await };
    let answer = match before::look(shop, refund, intent).await? {
        Ok(Found::Made(answer)) => Ok(answer),
        Ok(Found::Nothing) => send(shop, refund, intent).await,
        Ok(Found::Doubt { why, unknown }) => return doubt(shop, refund, &why, &unknown).await,
        Err(trouble) => Err(trouble),
    };
    crash::point("P10");
    let (problem, refused) = match answer {
        Ok(answer) => return made(shop, refund, &answer).await,
        Err(Trouble::Refused { code, message, .. }) if NEVER.contains(&code.as_str()) => {
            return failed(shop, refund.key(), None, &format!("{code}: {message}")).await;
        }
        Err(refused @ Trouble::Refused { .. }) => (refused.to_string(), true),
        Err(Trouble::Unknown(problem)) => (problem, false),
    };
    tracing::warn!(refund = %refund.id, problem, tries = refund.tries, "a refund was not made; it is tried again");
    let mut conn = shop.db.conn().await?;
    if refused {
        store::refund_refused(&mut conn, refund.key()).await?;
    }
    store::refund_later(&mut conn, refund.key(), None, &problem, shop.clock.now() + pause(refund)).await
}

/// From two seconds to an hour.
fn pause(refund: &RefundRow) -> TimeDelta {
    TimeDelta::seconds(2_i64.saturating_pow(refund.tries.clamp(1, 12).unsigned_abs()).min(LONGEST_PAUSE))
}

/// It stands at Stripe. One that a person made there needs nobody's look any more.
async fn made(shop: &Shop, refund: &RefundRow, answer: &RefundAnswer) -> Result<(), DbError> {
    answered(shop, refund, answer).await?;
    if answer.ours.is_none() {
        let mut conn = shop.db.conn().await?;
        payments::explained(&mut conn, at_stripe::ODD, &answer.id, shop.clock.now()).await?;
    }
    Ok(())
}

/// Money went back at Stripe that the books did not count on: a person decides, and the books follow what is there.
async fn doubt(shop: &Shop, refund: &RefundRow, why: &str, unknown: &[RefundAnswer]) -> Result<(), DbError> {
    failed(shop, refund.key(), None, why).await?;
    for answer in unknown {
        Box::pin(at_stripe::take(shop, answer)).await?;
    }
    Ok(())
}

async fn send(shop: &Shop, refund: &RefundRow, intent: &str) -> Result<RefundAnswer, Trouble> {
    // Stripe remembers a refusal for its key, so a refused refund is asked for under another, as is one that a person has
    // asked for again. It is not made twice: under another key only what Stripe's list does not hold is asked for.
    let key = match refund.refusals {
        0 => refund.id.to_string(),
        refusals => format!("{}.{refusals}", refund.id),
    };
    let (id, order) = (refund.key(), refund.order());
    shop.stripe.refund(&key, id, order, intent, refund.money_minor()).await
}

/// Stripe posted that a refund has changed. The inner error: not now.
pub(crate) async fn hear(shop: &Shop, stripe_refund: &str) -> Result<Result<&'static str, String>, DbError> {
    let answer = match shop.stripe.refund_now(stripe_refund).await {
        Ok(answer) => answer,
        Err(Trouble::Refused { status: 404, .. }) => return Ok(Ok("ignored_not_ours")),
        Err(trouble) => return Ok(Err(trouble.to_string())),
    };
    let mut conn = shop.db.conn().await?;
    let ours = match answer.ours {
        Some(id) => store::find_refund(&mut conn, id).await?,
        None => None,
    };
    if let Some(refund) = ours {
        drop(conn);
        if refund.failed_before.contains(&answer.id) {
            return Ok(Ok("refund_known"));
        }
        answered(shop, &refund, &answer).await?;
        return Ok(Ok("refund_settled"));
    }
    drop(conn);
    at_stripe::take(shop, &answer).await.map(Ok)
}

/// Turns what Stripe says about a refund into our state, whoever asked.
pub(super) async fn answered(shop: &Shop, refund: &RefundRow, answer: &RefundAnswer) -> Result<(), DbError> {
    match &answer.state {
        RefundState::Succeeded => succeeded(shop, refund, Some(&answer.id)).await,
        RefundState::Pending(status) => {
            let (at, problem) = (shop.clock.now() + pause(refund), format!("Stripe says: {status}"));
            let mut conn = shop.db.conn().await?;
            store::refund_later(&mut conn, refund.key(), Some(&answer.id), &problem, at).await
        }
        RefundState::Failed(reason) if refund.state() == State::Succeeded => {
            bounced(shop, refund, &answer.id, reason).await
        }
        RefundState::Failed(reason) => failed(shop, refund.key(), Some(&answer.id), reason).await,
    }
}

/// The money is back: as Stripe says, or, without a payment of Stripe's, as staff hand it over.
async fn succeeded(shop: &Shop, refund: &RefundRow, stripe_id: Option<&str>) -> Result<(), DbError> {
    let now = shop.clock.now();
    let ended = shop
        .db
        .transaction(async |conn| {
            // The order's row first, as everywhere: the refund's and its credit's are had under it.
            orders::store::lock(conn, refund.order()).await?;
            if !store::end_refund(conn, refund.key(), stripe_id, None, now).await? {
                return Ok(false);
            }
            let mut entries = moves(refund);
            let first = !ledger::is_booked(conn, ledger::Source::Refund(refund.id)).await?;
            let id = match stripe_id {
                Some(stripe_id) if !first => again(refund, stripe_id),
                _ => refund.id,
            };
            // A credit that was given stays, also where the bank sends the money back.
            let given = if first {
                entries.extend(credited(refund));
                credits::refunded::credit(conn, refund, shop.rules.credit, now).await?
            } else {
                None
            };
            if !entries.is_empty() {
                let source = ledger::Source::Refund(id);
                ledger::book(conn, source, refund.order(), &refund.currency, &entries, now).await?;
            }
            // One that the bank had sent back has been told: for the others, and for the guest's mail, it is the same refund.
            if first {
                let message = told(conn, &shop.links, refund, given.as_ref(), now).await?;
                bus::outbox::add(conn, &message, now).await?;
            }
            Ok::<_, DbError>(true)
        })
        .await?;
    if ended {
        shop.metrics.refunded(&refund.reason);
        return Ok(());
    }
    match stripe_id {
        Some(stripe_id) => paid_twice(shop, refund, stripe_id).await,
        None => Ok(()),
    }
}

/// Stripe has made what had been given up and was paid another way: the guest has it twice, and a person hears of it. What had ended
/// like any other is old news.
async fn paid_twice(shop: &Shop, refund: &RefundRow, stripe_id: &str) -> Result<(), DbError> {
    let now_is = store::find_refund(&mut *shop.db.conn().await?, refund.key()).await?;
    if now_is.is_none_or(|now_is| now_is.state() != State::SettledOtherwise) {
        return Ok(());
    }
    let oddity = Oddity {
        kind: "refunded_at_stripe",
        object: stripe_id,
        payment_intent: refund.payment_intent.as_deref(),
        order: Some(refund.order()),
        amount_minor: Some(refund.money_minor()),
        currency: Some(&refund.currency),
        note: at_stripe::PAID_TWICE.to_owned(),
    };
    inbox::keep(shop, &oddity).await
}

/// A refund that Stripe will not make needs a person: it is kept, and said loudly.
async fn failed(shop: &Shop, id: RefundId, stripe_id: Option<&str>, problem: &str) -> Result<(), DbError> {
    let mut conn = shop.db.conn().await?;
    if store::end_refund(&mut conn, id, stripe_id, Some(problem), shop.clock.now()).await? {
        tracing::error!(refund = %id, problem, "a refund failed and needs a person");
        shop.metrics.refunded("failed");
    }
    Ok(())
}

/// The guest's bank sent back what Stripe had given it: we owe it again, and a person must find another way.
async fn bounced(shop: &Shop, refund: &RefundRow, stripe_id: &str, problem: &str) -> Result<(), DbError> {
    let now = shop.clock.now();
    let bounced = shop
        .db
        .transaction(async |conn| {
            if !store::refund_bounced(conn, refund.key(), problem, now).await? {
                return Ok(false);
            }
            let first = !ledger::is_booked(conn, ledger::Source::Bounce(refund.id)).await?;
            let source = ledger::Source::Bounce(if first { refund.id } else { again(refund, stripe_id) });
            let entries = ledger::reversed(moves(refund));
            ledger::book(conn, source, refund.order(), &refund.currency, &entries, now).await?;
            Ok::<_, DbError>(true)
        })
        .await?;
    if bounced {
        tracing::error!(refund = %refund.id, problem, "a refund came back from the bank and needs a person");
        shop.metrics.refunded("bounced");
    }
    Ok(())
}
