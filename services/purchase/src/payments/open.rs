//! Opening the payment page of an attempt whose row is already committed.

use std::time::Duration;

use super::stripe::Trouble;
use super::{PaymentRequest, Session, SessionState, store};
use crate::Shop;
use chrono::TimeDelta;
use db::DbError;
use settings::crash;

/// Tries within one request of a guest.
const TRIES: u32 = 3;
/// A guest's patience for all tries together.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long Stripe is asked with an attempt's key. Stripe keeps an answer of its own failure for the key and repeats it for ever, so
/// after that its list says what became of the attempt.
const KEY_LIVES: TimeDelta = TimeDelta::seconds(60);
/// A call that was begun at the last moment has been answered or given up by then, and what it made is in Stripe's list.
const LISTED_AFTER: TimeDelta = TimeDelta::seconds(75);
/// What [`Trouble::Refused`] says of an attempt that is not in Stripe's list.
const NEVER_MADE: &str = "never_made";

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
    /// Stripe's list has no session of the attempt, and no call can make one any more. It is dead; a new one may be made at once.
    NeverMade,
}

/// What is known of an attempt before Stripe is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Past {
    /// It was just made: Stripe has never heard of it.
    Fresh,
    /// Somebody has asked before and no answer was stored: there may be a session.
    Doubtful,
}

/// Makes the session of `request` and stores what came of it.
pub async fn open(shop: &Shop, request: &PaymentRequest, past: Past) -> Result<Opened, DbError> {
    let answer = tokio::time::timeout(PATIENCE, persist(shop, request, past))
        .await
        .unwrap_or_else(|_| Err(Trouble::Unknown("no answer in time".to_owned())));
    crash::point("P3");
    store_answer(shop, request, answer).await
}

/// Asks once more with the same key while the outcome is unknown.
async fn persist(shop: &Shop, request: &PaymentRequest, mut past: Past) -> Result<Session, Trouble> {
    if past == Past::Doubtful && is_old(shop, request) {
        return create(shop, request, past).await;
    }
    let mut pause = Duration::from_millis(200);
    for _ in 1..TRIES {
        match create(shop, request, past).await {
            Err(Trouble::Unknown(problem)) => {
                tracing::warn!(problem, "Stripe's answer to a new session is unknown");
                past = Past::Doubtful;
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
    create(shop, request, past).await
}

/// Whether the attempt is too old to be asked for with its key.
fn is_old(shop: &Shop, request: &PaymentRequest) -> bool {
    request.made_at + KEY_LIVES <= shop.clock.now()
}

/// Asks Stripe for the session, or, of an old attempt, whether there is one. A "no" ends an attempt only if nothing can have been made for it before: else Stripe's own
/// list has the last word, for a refused key or a changed rule says nothing about the session that may stand there.
pub(super) async fn create(shop: &Shop, request: &PaymentRequest, past: Past) -> Result<Session, Trouble> {
    if past == Past::Doubtful && is_old(shop, request) {
        let code = NEVER_MADE.to_owned();
        let none = Trouble::Refused { status: 404, code, message: "no such session".to_owned() };
        return look_up(shop, request, none).await;
    }
    match shop.stripe.create_session(request).await {
        Err(refused @ Trouble::Refused { .. }) if past == Past::Doubtful => {
            look_up(shop, request, refused).await
        }
        answer => answer,
    }
}

/// Looks for the session of an attempt in Stripe's list. `refused` is the answer if Stripe confirms that there is none.
async fn look_up(shop: &Shop, request: &PaymentRequest, refused: Trouble) -> Result<Session, Trouble> {
    match shop.stripe.find_session(request).await {
        Ok(Some(session)) => Ok(session),
        // Never while a call with the key may be under way: what it makes would be paid beside the next attempt's.
        Ok(None) if request.made_at + KEY_LIVES + LISTED_AFTER < shop.clock.now() => Err(refused),
        Ok(None) => Err(Trouble::Unknown(format!("too early to say that there is no session; {refused}"))),
        Err(trouble) => Err(Trouble::Unknown(trouble.to_string())),
    }
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
            let state = store::session_known(&mut conn, request.attempt, &session).await?;
            if state == "dead" && session.state == SessionState::Open {
                drop(conn);
                return Ok(end_given_up(shop, &session).await);
            }
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
            let never_made = matches!(&refused, Trouble::Refused { code, .. } if code == NEVER_MADE);
            if never_made {
                tracing::warn!(attempt = %request.attempt, "Stripe has no session of this attempt; the next one has a key of its own");
            } else {
                tracing::error!(problem = %refused, attempt = %request.attempt, "Stripe refused to open a payment page");
            }
            store::attempt_dead(&mut conn, request.attempt, &refused.to_string(), shop.clock.now()).await?;
            Ok(if never_made { Opened::NeverMade } else { Opened::Refused })
        }
    }
}

/// Ends a session that came to be when its attempt had been given up: a process that stood still in between asked so late. Nobody
/// has seen its address, and nobody is sent there.
async fn end_given_up(shop: &Shop, session: &Session) -> Opened {
    tracing::warn!(session = session.id, "a session came to be after its attempt was given up; it is ended");
    if let Err(trouble) = shop.stripe.expire_session(&session.id).await {
        tracing::warn!(%trouble, session = session.id, "it could not be ended and runs out by itself");
    }
    Opened::Refused
}
