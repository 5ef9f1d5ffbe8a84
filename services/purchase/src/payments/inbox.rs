//! Working off the events that Stripe posted: fetch, don't trust. An event only says what to look at.

use chrono::TimeDelta;
use db::DbError;
use domain::ids::AttemptId;
use futures::StreamExt;
use settings::crash;
use tracing::Instrument;

use super::event::{About, Event};
use super::store::{self, Oddity, WaitingEvent};
use super::stripe::Trouble;
use super::{fulfil, fulfil::Settled};
use crate::{Shop, disputes, orders, payouts, refunds};

/// Events looked at side by side: each waits for one answer of Stripe's. A round takes no more than that.
const AT_ONCE: usize = 16;
/// How long a taken event is nobody else's: longer than one answer of Stripe's and the transactions after it. Should this
/// process die, another takes over then.
const CLAIM: TimeDelta = TimeDelta::seconds(25);
/// The longest pause between two looks.
const LONGEST_PAUSE: i64 = 600;

/// What a look came to: the outcome, or why it must be looked at again.
type Look = Result<&'static str, String>;

/// Works off all events whose turn has come; says how many there were.
pub async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    let claim = async |conn: &mut db::Conn| store::claim_events(conn, now, now + CLAIM, AT_ONCE as i64).await;
    let waiting = shop.db.transaction(claim).await?;
    if !waiting.is_empty() {
        crash::point("P5");
    }
    let found = waiting.len();
    futures::stream::iter(waiting)
        .for_each_concurrent(AT_ONCE, async |event| {
            let span = tracing::info_span!("stripe_event", event = event.id);
            if let Some(traceparent) = &event.traceparent {
                telemetry::propagation::set_parent(&span, traceparent);
            }
            if let Err(error) = process(shop, &event).instrument(span).await {
                tracing::warn!(%error, event = event.id, "an event of Stripe's waits for its next turn");
            }
        })
        .await;
    Ok(found)
}

async fn process(shop: &Shop, event: &WaitingEvent) -> Result<(), DbError> {
    let look = match Event::read(&event.body).map(|event| event.about) {
        Some(About::Session { id, order }) => session(shop, &id, order).await?,
        Some(About::Declined { attempt }) => declined(shop, attempt).await?,
        Some(About::Refund { id }) => refunds::make::hear(shop, &id).await?,
        Some(About::GivenBack { intent }) => given_back(shop, &intent).await?,
        Some(About::Dispute { id }) => disputes::follow::hear(shop, &id).await?,
        Some(About::Payout { id }) => payouts::from_stripe::hear(shop, &id).await?,
        Some(About::Nothing) | None => Ok("ignored_type"),
    };
    let now = shop.clock.now();
    let mut conn = shop.db.conn().await?;
    match look {
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
            let wait = 2_i64.saturating_pow(event.tries.clamp(1, 10).unsigned_abs()).min(LONGEST_PAUSE);
            tracing::warn!(problem, event = event.id, tries = event.tries, "an event is looked at again");
            store::event_later(&mut conn, &event.id, &problem, now + TimeDelta::seconds(wait)).await?;
        }
    }
    Ok(())
}

/// Reads the session from Stripe and settles it.
async fn session(shop: &Shop, id: &str, order: Option<domain::ids::OrderId>) -> Result<Look, DbError> {
    match (shop.stripe.session(id).await, order) {
        (Ok(session), _) => {
            let settled = fulfil::settle(shop, &session).await?;
            let mut conn = shop.db.conn().await?;
            store::explained(&mut conn, "session_missing", id, shop.clock.now()).await?;
            Ok(Ok(settled.code()))
        }
        // Signed by Stripe, but not a session of this account and mode.
        (Err(Trouble::Refused { status: 404, .. }), None) => Ok(Ok(Settled::Foreign.code())),
        // It names an order of ours, so its money may be ours: a person hears of it, and it is asked about until it shows.
        (Err(Trouble::Refused { status: 404, .. }), Some(order)) => {
            let known = orders::store::find(&mut *shop.db.conn().await?, order).await?.map(|row| row.key());
            let note = format!("Stripe does not find this session; its event names order {order}");
            let oddity =
                Oddity { kind: "session_missing", object: id, order: known, note, ..Oddity::default() };
            keep(shop, &oddity).await?;
            Ok(Err("Stripe does not find a session that names our order".to_owned()))
        }
        (Err(trouble), _) => Ok(Err(trouble.to_string())),
    }
}

/// A card was declined: its session is read, and says why, or what has become of it since.
async fn declined(shop: &Shop, attempt: AttemptId) -> Result<Look, DbError> {
    let known = store::attempt(&mut *shop.db.conn().await?, attempt).await?;
    match known.map(|attempt| (attempt.session_id, attempt.state == "open")) {
        Some((Some(id), _)) => session(shop, &id, None).await,
        // Its page was opened and this process or another died before it wrote down where: the sweep finds out.
        Some((None, true)) => Ok(Err("the session of a declined card is not known yet".to_owned())),
        Some((None, false)) => Ok(Ok(Settled::Known.code())),
        None => Ok(Ok(Settled::Foreign.code())),
    }
}

/// A charge was given back. Our own refunds are followed elsewhere; what was made at Stripe is taken over.
async fn given_back(shop: &Shop, intent: &str) -> Result<Look, DbError> {
    if store::order_of_intent(&mut *shop.db.conn().await?, intent).await?.is_none() {
        return Ok(Ok(Settled::Foreign.code()));
    }
    let made = match shop.stripe.refunds_of(intent).await {
        Ok(made) => made,
        Err(trouble) => return Ok(Err(trouble.to_string())),
    };
    let mut outcome = "refund_known";
    for refund in made.iter().filter(|refund| refund.ours.is_none()) {
        let taken = refunds::at_stripe::take(shop, refund).await?;
        if outcome != Settled::Quarantined.code() {
            outcome = taken;
        }
    }
    Ok(Ok(outcome))
}

/// Puts an oddity where a person finds it.
pub(crate) async fn keep(shop: &Shop, oddity: &Oddity<'_>) -> Result<(), DbError> {
    let mut conn = shop.db.conn().await?;
    if store::quarantine(&mut conn, oddity, shop.clock.now()).await? {
        tracing::error!(
            kind = oddity.kind,
            object = oddity.object,
            note = oddity.note,
            "this needs a person"
        );
        shop.metrics.quarantined(oddity.kind);
    }
    Ok(())
}
