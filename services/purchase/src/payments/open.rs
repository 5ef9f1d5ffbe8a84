//! Opening the payment page of an attempt whose row is already committed.

use std::time::Duration;

use super::stripe::{Stripe, Trouble};
use super::{PaymentRequest, Session, SessionState, store};
use crate::Shop;
use db::DbError;
use settings::crash;

/// Tries within one request of a guest.
const TRIES: u32 = 3;
/// A guest's patience for all tries together.
const PATIENCE: Duration = Duration::from_secs(10);

/// What became of opening the payment page.
#[derive(Debug)]
pub enum Opened {
    /// The guest pays here.
    At(String),
    /// The session exists and is past being opened: its state is news to be settled.
    Settled(Session),
    /// Stripe stays away. The attempt stays open; the sweep settles it, or the guest's next try.
    Unknown,
    /// Stripe refused. The attempt is dead; a new one may be made.
    Refused,
}

/// Makes the session of `request` and stores what came of it.
pub async fn open(shop: &Shop, request: &PaymentRequest) -> Result<Opened, DbError> {
    let answer = tokio::time::timeout(PATIENCE, persist(&shop.stripe, request))
        .await
        .unwrap_or_else(|_| Err(Trouble::Unknown("no answer in time".to_owned())));
    crash::point("P3");
    store_answer(shop, request, answer).await
}

/// Asks once more with the same key while the outcome is unknown.
async fn persist(stripe: &Stripe, request: &PaymentRequest) -> Result<Session, Trouble> {
    let mut pause = Duration::from_millis(200);
    for _ in 1..TRIES {
        match stripe.create_session(request).await {
            Err(Trouble::Unknown(problem)) => {
                tracing::warn!(problem, "Stripe's answer to a new session is unknown")
            }
            known => return known,
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "the pause between two calls to a server that is in trouble"
        )]
        tokio::time::sleep(pause).await;
        pause *= 3;
    }
    stripe.create_session(request).await
}

/// Writes down what Stripe answered about an attempt's session.
pub(super) async fn store_answer(
    shop: &Shop,
    request: &PaymentRequest,
    answer: Result<Session, Trouble>,
) -> Result<Opened, DbError> {
    let mut conn = shop.db.conn().await?;
    match answer {
        Ok(session) => {
            store::session_known(&mut conn, request.attempt, &session).await?;
            Ok(match (&session.url, session.state) {
                (Some(url), SessionState::Open) => Opened::At(url.clone()),
                _ => Opened::Settled(session),
            })
        }
        Err(Trouble::Unknown(problem)) => {
            store::attempt_unknown(&mut conn, request.attempt, &problem, shop.clock.now()).await?;
            Ok(Opened::Unknown)
        }
        Err(refused @ Trouble::Refused { .. }) => {
            tracing::error!(problem = %refused, attempt = %request.attempt, "Stripe refused to open a payment page");
            store::attempt_dead(&mut conn, request.attempt, &refused.to_string(), shop.clock.now()).await?;
            Ok(Opened::Refused)
        }
    }
}
