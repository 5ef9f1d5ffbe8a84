//! Reading Stripe's lists, and what is done about what they say.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use db::DbError;

use super::store::{self, Run};
use crate::payments::stripe::RefundState;
use crate::payments::stripe::Trouble;
use crate::payments::stripe::disputes::DisputeAnswer;
use crate::payments::stripe::lists::{Captured, GivenBack};
use crate::payments::{Session, SessionState, fulfil, store as payments};
use crate::{Shop, disputes, refunds};

/// Between two looks.
const EVERY: TimeDelta = TimeDelta::minutes(5);
/// How far back each looks.
const BACK: TimeDelta = TimeDelta::hours(48);
/// How far back the one of each night looks.
const FAR_BACK: TimeDelta = TimeDelta::days(30);
/// How often that is.
const NIGHTLY: TimeDelta = TimeDelta::hours(24);
/// Payments and refunds asked about one by one in a look; the rest has its turn in the next.
const ONE_BY_ONE: i64 = 200;

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
    let captured = captured(shop, since).await?;
    let given_back = given_back(shop, since).await?;
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
    // After the sessions: a dispute that can't be read keeps no payment from its order.
    let disputed = disputed(shop, since).await?;
    for dispute in &disputed {
        disputes::take(shop, dispute).await?;
    }
    let now = shop.clock.now();
    let mut conn = shop.db.conn().await?;
    for payment in &captured {
        store::note(&mut conn, &of_payment(payment), now).await?;
    }
    for refund in &given_back {
        store::note(&mut conn, &of_refund(refund), now).await?;
    }
    let moved = disputed.iter().flat_map(of_dispute);
    let mut movements = captured.len() + given_back.len();
    for movement in moved {
        store::note(&mut conn, &movement, now).await?;
        movements += 1;
    }
    run.movements = movements.try_into().unwrap_or(i64::MAX);
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

/// A refund whose news never came is followed now, ours or one that was made at Stripe.
async fn follow(shop: &Shop, refund: &GivenBack) -> Result<(), DbError> {
    let (answer, mut conn) = (&refund.answer, shop.db.conn().await?);
    let ours = match answer.ours {
        Some(id) => refunds::store::find_refund(&mut conn, id).await?,
        None => None,
    };
    let known = match ours {
        Some(ours) => Some(ours),
        None => refunds::store::by_stripe(&mut conn, &answer.id).await?,
    };
    let failed = matches!(answer.state, RefundState::Failed(_));
    let news = match known.as_ref().map(|known| known.state.as_str()) {
        Some("pending") => failed || answer.state == RefundState::Succeeded,
        // The bank sent it back, and nobody told us.
        Some("succeeded") => failed,
        // The club has paid it another way: a person has to hear of it.
        Some("settled_otherwise") => answer.state == RefundState::Succeeded,
        Some(_) => false,
        // Made at Stripe, or forgotten: as after a restored backup.
        None => {
            let intent = answer.payment_intent.as_deref().unwrap_or_default();
            !failed && payments::order_of_intent(&mut conn, intent).await?.is_some()
        }
    };
    drop(conn);
    if news && let Err(problem) = refunds::make::hear(shop, &answer.id).await? {
        tracing::warn!(problem, refund = answer.id, "a refund could not be looked up");
    }
    Ok(())
}

/// The payments that Stripe lists, and those of orders that differ and are too old for its list.
async fn captured(shop: &Shop, since: DateTime<Utc>) -> Result<Vec<Captured>, Broken> {
    let mut seen = shop.stripe.captured_since(since).await?;
    let listed: HashSet<String> = seen.iter().map(|payment| payment.intent.clone()).collect();
    let wanted = store::payments_to_see(&mut *shop.db.conn().await?, ONE_BY_ONE).await?;
    for id in &wanted {
        if !listed.contains(id) {
            seen.extend(known(id, shop.stripe.captured(id).await)?);
        }
    }
    Ok(seen)
}

/// The refunds that Stripe lists, and those that may have turned since they were too old for its list: banks take their time.
async fn given_back(shop: &Shop, since: DateTime<Utc>) -> Result<Vec<GivenBack>, Broken> {
    let mut seen = shop.stripe.given_back_since(since).await?;
    let listed: HashSet<String> = seen.iter().map(|refund| refund.answer.id.clone()).collect();
    let wanted = store::refunds_to_see(&mut *shop.db.conn().await?, ONE_BY_ONE).await?;
    for id in &wanted {
        if !listed.contains(id) {
            seen.extend(known(id, shop.stripe.given_back(id).await)?);
        }
    }
    Ok(seen)
}

/// What Stripe does not know is of another account or mode: it keeps nothing else from being compared.
fn known<T>(id: &str, answer: Result<T, Trouble>) -> Result<Option<T>, Trouble> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(Trouble::Refused { status: 404, .. }) => {
            tracing::warn!(id, "Stripe does not know what stands here");
            Ok(None)
        }
        Err(trouble) => Err(trouble),
    }
}

/// The disputes that Stripe lists, and those that are open here, or have just changed, and are too old for its list.
async fn disputed(shop: &Shop, since: DateTime<Utc>) -> Result<Vec<DisputeAnswer>, Broken> {
    let mut seen = shop.stripe.disputes_since(since).await?;
    let held = disputes::store::to_follow(&mut *shop.db.conn().await?, since).await?;
    for id in held {
        if seen.iter().any(|dispute| dispute.id == id) {
            continue;
        }
        seen.extend(known(&id, shop.stripe.dispute(&id).await)?);
    }
    Ok(seen)
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

/// What a bank took or gave back, and what Stripe took for it.
fn of_dispute(dispute: &DisputeAnswer) -> impl Iterator<Item = store::Movement<'_>> {
    dispute.movements.iter().map(|moved| store::Movement {
        id: &moved.id,
        kind: "dispute",
        payment_intent: dispute.payment_intent.as_deref().unwrap_or_default(),
        order: dispute.order,
        amount_minor: moved.amount_minor - moved.fee_minor,
        currency: &moved.currency,
        happened_at: moved.at,
    })
}
