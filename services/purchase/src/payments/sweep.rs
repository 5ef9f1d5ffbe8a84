//! Looking after orders that nobody has paid: those that wait long are asked about, those whose hold is over are ended.
//!
//! A hold is never released on a timer alone. First Stripe is asked to expire the session; only a session that is
//! confirmed dead frees the places, and one that was paid in the meantime is fulfilled. An attempt whose session we do
//! not know is asked for once more with the same key, which brings the session back, or the reason why there is none; after a minute
//! it is looked for in Stripe's list instead.

use chrono::TimeDelta;
use db::DbError;
use futures::StreamExt;

use super::fulfil::{self, Settled};
use super::open::{Opened, Past, create, store_answer};
use super::store::AttemptRow;
use super::stripe::Trouble;
use super::{Session, SessionState, store};
use crate::orders::store::OrderRow;
use crate::{Shop, orders};

/// Orders asked about side by side. A round takes no more than that.
const AT_ONCE: usize = 16;
/// How long a taken order is nobody else's: longer than making or finding its session, ending it and reading it again,
/// with Stripe slow each time. An order that could not be settled is looked at again then.
const CLAIM: TimeDelta = TimeDelta::seconds(45);
/// The shortest pause between two looks at an order whose hold is over.
const RETRY: TimeDelta = TimeDelta::seconds(30);

/// Looks after all orders whose turn has come; says how many there were.
pub async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    let due = shop
        .db
        .transaction(async |conn| orders::store::claim_due(conn, now, now + CLAIM, AT_ONCE as i64).await)
        .await?;
    let found = due.len();
    futures::stream::iter(due)
        .for_each_concurrent(AT_ONCE, async |order| match look_after(shop, &order).await {
            Ok(outcome) => shop.metrics.swept(outcome),
            Err(error) => {
                shop.metrics.swept("error");
                tracing::warn!(%error, order = %order.id, "an order could not be looked after; it is tried again");
            }
        })
        .await;
    Ok(found)
}

async fn look_after(shop: &Shop, order: &OrderRow) -> Result<&'static str, DbError> {
    let now = shop.clock.now();
    let mut conn = shop.db.conn().await?;
    let attempt = store::open_attempt(&mut conn, order.key()).await?;
    drop(conn);
    let over = order.held_until <= now;
    let Some(attempt) = attempt else {
        return if over { end_without_session(shop, order).await } else { wait(shop, order).await };
    };
    let session = match &attempt.session_id {
        Some(id) => shop.stripe.session(id).await,
        None => match identify(shop, &attempt).await? {
            Some(session) => Ok(session),
            None if over => return end_without_session(shop, order).await,
            None => return wait(shop, order).await,
        },
    };
    match session {
        Ok(session) if over && session.state == SessionState::Open => expire(shop, &session).await,
        Ok(session) => {
            let settled = fulfil::settle(shop, &session).await?;
            if settled == Settled::Waiting { wait(shop, order).await } else { Ok(settled.code()) }
        }
        Err(trouble) => {
            tracing::warn!(%trouble, order = %order.id, "Stripe did not say how a session stands");
            Ok("stripe_away")
        }
    }
}

/// Asks Stripe to end the session. Whatever the answer, its state is read once more and that is what counts.
async fn expire(shop: &Shop, session: &Session) -> Result<&'static str, DbError> {
    let after = match shop.stripe.expire_session(&session.id).await {
        Err(Trouble::Refused { .. }) => shop.stripe.session(&session.id).await,
        answer => answer,
    };
    match after {
        Ok(session) => Ok(fulfil::settle(shop, &session).await?.code()),
        Err(trouble) => {
            tracing::warn!(%trouble, session = session.id, "Stripe did not confirm the end of a session");
            Ok("stripe_away")
        }
    }
}

/// Finds out which session an attempt has, if any. `None`: there is none, or still nobody knows.
async fn identify(shop: &Shop, attempt: &AttemptRow) -> Result<Option<Session>, DbError> {
    let now = shop.clock.now();
    let mut conn = shop.db.conn().await?;
    if !store::lease(&mut conn, attempt.id.into(), shop.rules.lease, now).await? {
        return Ok(None);
    }
    let request = attempt.request()?;
    drop(conn);
    let answer = create(shop, &request, Past::Doubtful).await;
    let found = answer.as_ref().ok().cloned();
    match store_answer(shop, &request, answer).await? {
        Opened::At(_) | Opened::Settled(_) => Ok(found),
        Opened::Unknown | Opened::Refused | Opened::NeverMade => Ok(None),
    }
}

/// Ends the hold of an order that has no session which could be paid. An attempt whose session is unknown keeps it.
async fn end_without_session(shop: &Shop, order: &OrderRow) -> Result<&'static str, DbError> {
    let now = shop.clock.now();
    let ended = shop
        .db
        .transaction(async |conn| {
            let Some(mut locked) = orders::store::lock(conn, order.key()).await? else { return Ok(false) };
            fulfil::end_hold(conn, &mut locked, now).await
        })
        .await?;
    Ok(if ended { "freed" } else { "unknown_session" })
}

async fn wait(shop: &Shop, order: &OrderRow) -> Result<&'static str, DbError> {
    let now = shop.clock.now();
    let next = (now + shop.rules.ask_every).min(order.held_until.max(now + RETRY));
    let mut conn = shop.db.conn().await?;
    orders::store::check_again(&mut conn, order.key(), next).await?;
    Ok("waiting")
}
