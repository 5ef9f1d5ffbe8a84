//! Reading Stripe's lists, and what is done about what they say.

use chrono::{DateTime, TimeDelta, Utc};
use db::DbError;

use super::store::{self, Run};
use crate::payments::stripe::RefundState;
use crate::payments::stripe::Trouble;
use crate::payments::stripe::lists::{Captured, GivenBack};
use crate::payments::{Session, SessionState, fulfil, store as payments};
use crate::{Shop, refunds};

/// Between two looks.
const EVERY: TimeDelta = TimeDelta::minutes(5);
/// How far back each looks.
const BACK: TimeDelta = TimeDelta::hours(48);
/// How far back the one of each night looks.
const FAR_BACK: TimeDelta = TimeDelta::days(30);
/// How often that is.
const NIGHTLY: TimeDelta = TimeDelta::hours(24);

/// Looks if it is time; says whether it did.
pub async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    let asked = shop.bells.reconcile_now.swap(false, std::sync::atomic::Ordering::AcqRel);
    let Some(since) = due(&mut *shop.db.conn().await?, now, asked).await? else { return Ok(0) };
    let Some(id) = store::begin(&mut *shop.db.conn().await?, since, now, now - TimeDelta::minutes(2)).await?
    else {
        return Ok(0);
    };
    let mut run = Run::default();
    let problem = look(shop, since, &mut run).await.err().map(|trouble| trouble.to_string());
    if let Some(problem) = &problem {
        tracing::warn!(problem, "the books could not be compared with Stripe; the next look tries again");
    } else {
        tracing::info!(
            sessions = run.sessions,
            adopted = run.adopted,
            movements = run.movements,
            "the books were compared with Stripe"
        );
    }
    store::end(&mut *shop.db.conn().await?, id, &run, problem.as_deref(), shop.clock.now()).await?;
    let differences = store::differences_in_all(&mut *shop.db.conn().await?).await?;
    shop.metrics.reconciled(run.adopted, differences);
    if differences > 0 && problem.is_none() {
        tracing::error!(
            differences,
            "orders whose ledger and Stripe differ: see the desk's page of the books"
        );
    }
    Ok(0)
}

/// From when to look, if it is time to.
async fn due(conn: &mut db::Conn, now: DateTime<Utc>, asked: bool) -> Result<Option<DateTime<Utc>>, DbError> {
    // Paced by what was begun, however it ended: a look that fails is not repeated at once.
    let begun = store::begun(conn, now).await?;
    if !asked && begun.is_some_and(|at| at + EVERY > now) {
        return Ok(None);
    }
    let far = now - FAR_BACK + TimeDelta::hours(1);
    let done = store::last(conn, far).await?.is_some_and(|at| at + NIGHTLY > now);
    // A far look that failed leaves the hour after it to the near ones.
    let tried = store::begun(conn, far).await?.is_some_and(|at| at + TimeDelta::hours(1) > now);
    Ok(Some(if done || tried { now - BACK } else { now - FAR_BACK }))
}

/// Why a look was broken off.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Stripe(#[from] Trouble),
    #[error(transparent)]
    Db(#[from] DbError),
}

async fn look(shop: &Shop, since: DateTime<Utc>, run: &mut Run) -> Result<(), Broken> {
    // Payments before sessions: what is adopted below is booked and seen in the same look.
    let captured = shop.stripe.captured_since(since).await?;
    let given_back = shop.stripe.given_back_since(since).await?;
    for session in shop.stripe.sessions_since(since).await? {
        run.sessions += 1;
        match adopt(shop, &session).await {
            Ok(news) => run.adopted += i64::from(news),
            Err(error) => {
                tracing::warn!(%error, session = session.id, "a session could not be looked after; the next look tries again")
            }
        }
    }
    for refund in &given_back {
        follow(shop, refund).await?;
    }
    let now = shop.clock.now();
    let mut conn = shop.db.conn().await?;
    for payment in &captured {
        store::note(&mut conn, &of_payment(payment), now).await?;
    }
    for refund in &given_back {
        store::note(&mut conn, &of_refund(refund), now).await?;
    }
    run.movements = (captured.len() + given_back.len()).try_into().unwrap_or(i64::MAX);
    Ok(())
}

/// A session of ours that was paid, and whose money we do not know, is settled now. `true`: that was news.
async fn adopt(shop: &Shop, session: &Session) -> Result<bool, DbError> {
    if session.state != SessionState::Paid || session.order.is_none() {
        return Ok(false);
    }
    if payments::payment_known(&mut *shop.db.conn().await?, &session.id).await? {
        return Ok(false);
    }
    let settled = fulfil::settle(shop, session).await?;
    tracing::warn!(session = session.id, outcome = settled.code(), "a payment that nobody had told us of");
    Ok(settled != fulfil::Settled::Known)
}

/// A refund whose news never came is followed now.
async fn follow(shop: &Shop, refund: &GivenBack) -> Result<(), DbError> {
    let Some(id) = refund.answer.ours else { return Ok(()) };
    let known = refunds::store::find_refund(&mut *shop.db.conn().await?, id).await?;
    let ended = |state: &RefundState| matches!(state, RefundState::Succeeded | RefundState::Failed(_));
    let news = known.is_some_and(|known| match known.state.as_str() {
        "pending" => ended(&refund.answer.state),
        // The bank sent it back, and nobody told us.
        "succeeded" => matches!(refund.answer.state, RefundState::Failed(_)),
        _ => false,
    });
    if news && let Err(problem) = refunds::make::hear(shop, &refund.answer.id).await? {
        tracing::warn!(problem, refund = %id, "a refund could not be looked up");
    }
    Ok(())
}

fn of_payment(payment: &Captured) -> store::Movement<'_> {
    store::Movement {
        id: &payment.intent,
        kind: "payment",
        payment_intent: &payment.intent,
        order: payment.order,
        amount_minor: payment.amount_minor,
        currency: &payment.currency,
        happened_at: payment.created_at,
    }
}

fn of_refund(refund: &GivenBack) -> store::Movement<'_> {
    let answer = &refund.answer;
    store::Movement {
        id: &answer.id,
        kind: "refund",
        payment_intent: answer.payment_intent.as_deref().unwrap_or_default(),
        order: None,
        amount_minor: if answer.state == RefundState::Succeeded { -answer.amount_minor } else { 0 },
        currency: &answer.currency,
        happened_at: refund.created_at,
    }
}
