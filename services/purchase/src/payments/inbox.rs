//! Working off the events that Stripe posted: fetch, don't trust. Each event only says which session to look at.

use chrono::TimeDelta;
use db::DbError;
use futures::StreamExt;
use settings::crash;

use super::store::{self, WaitingEvent};
use super::stripe::Trouble;
use super::{fulfil, fulfil::Settled};
use crate::Shop;

/// Events looked at side by side: each waits for one answer of Stripe's.
const AT_ONCE: usize = 8;

/// Works off all events whose turn has come; says how many there were.
pub async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    // Long enough for the answer; should this process die, another takes over then.
    let again = now + TimeDelta::seconds(20);
    let waiting = shop.db.transaction(async |conn| store::claim_events(conn, now, again).await).await?;
    if !waiting.is_empty() {
        crash::point("P5");
    }
    let found = waiting.len();
    futures::stream::iter(waiting)
        .for_each_concurrent(AT_ONCE, async |event| {
            if let Err(error) = process(shop, &event).await {
                tracing::warn!(%error, event = event.id, "an event of Stripe's waits for its next turn");
            }
        })
        .await;
    Ok(found)
}

async fn process(shop: &Shop, event: &WaitingEvent) -> Result<(), DbError> {
    let outcome = match &event.session_id {
        Some(session) => look(shop, session).await?,
        None => Ok("ignored_type"),
    };
    let now = shop.clock.now();
    let mut conn = shop.db.conn().await?;
    match outcome {
        Ok(outcome) => {
            let state = match outcome {
                "quarantined" => "quarantined",
                ignored if ignored.starts_with("ignored") => "ignored",
                _ => "done",
            };
            store::end_event(&mut conn, &event.id, state, outcome, now).await?;
            shop.metrics.webhook_processed(outcome, now - event.received_at);
        }
        Err(problem) => {
            // From two seconds to ten minutes, for as long as it takes: the money is there.
            let wait =
                TimeDelta::seconds(2_i64.saturating_pow(event.tries.clamp(1, 10).unsigned_abs()).min(600));
            tracing::warn!(
                problem,
                event = event.id,
                tries = event.tries,
                "Stripe did not answer about a session"
            );
            store::event_later(&mut conn, &event.id, &problem, now + wait).await?;
        }
    }
    Ok(())
}

/// Reads the session from Stripe and settles it. The inner error: not now.
async fn look(shop: &Shop, session: &str) -> Result<Result<&'static str, String>, DbError> {
    match shop.stripe.session(session).await {
        Ok(session) => Ok(Ok(fulfil::settle(shop, &session).await?.code())),
        // Signed by Stripe, but not a session of this account and mode.
        Err(Trouble::Refused { status: 404, .. }) => Ok(Ok(Settled::Foreign.code())),
        Err(trouble) => Ok(Err(trouble.to_string())),
    }
}
