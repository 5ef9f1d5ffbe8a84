//! Going on with an order that waits for its money: the same session while there is one, a new attempt when the last is dead.

use std::time::Duration;

use db::DbError;
use domain::ids::{AttemptId, OrderId};

use super::open::{Opened, Past, open};
use super::{PaymentRequest, charge, fulfil, store};
use crate::inventory::whole_seconds;
use crate::orders::store::OrderRow;
use crate::{Shop, catalog, orders};

/// What the guest does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Pay here.
    PayAt(String),
    /// Nothing: the order is no longer waiting.
    Look,
    /// Somebody is opening the payment page at this moment.
    Busy,
    /// The payment service does not answer; the places stay held.
    Unavailable,
    /// Nothing: the night is no longer on sale.
    Closed,
}

/// What an order needs, found under its lock.
enum Need {
    Nothing,
    Session(String),
    Patience,
    Refusal,
    Opening(Box<PaymentRequest>, Past),
}

/// A look-up that took longer leaves the new attempt to the guest's next try: nobody waits for two slow answers of Stripe's.
const SOON: Duration = Duration::from_secs(2);

/// Brings a waiting order one step further. Where its attempt turns out to have come to nothing at Stripe, that step is the next one.
pub async fn resume(shop: &Shop, order: OrderId) -> Result<Next, DbError> {
    let began = tokio::time::Instant::now();
    let next = match Box::pin(once(shop, order)).await? {
        None if began.elapsed() < SOON => Box::pin(once(shop, order)).await?,
        next => next,
    };
    Ok(next.unwrap_or(Next::Unavailable))
}

/// `None`: the attempt has come to nothing, and another one may be made.
async fn once(shop: &Shop, order: OrderId) -> Result<Option<Next>, DbError> {
    let need = shop.db.transaction(async |conn| look(shop, conn, order).await).await?;
    match need {
        Need::Nothing => Ok(Some(Next::Look)),
        Need::Session(url) => Ok(Some(Next::PayAt(url))),
        Need::Patience => Ok(Some(Next::Busy)),
        Need::Refusal => Ok(Some(Next::Closed)),
        Need::Opening(request, past) => go_to(shop, &request, past).await,
    }
}

/// Opens the payment page of a stored attempt.
pub async fn start(shop: &Shop, request: &PaymentRequest, past: Past) -> Result<Next, DbError> {
    Ok(go_to(shop, request, past).await?.unwrap_or(Next::Unavailable))
}

async fn go_to(shop: &Shop, request: &PaymentRequest, past: Past) -> Result<Option<Next>, DbError> {
    Ok(Some(match open(shop, request, past).await? {
        Opened::At(url) => Next::PayAt(url),
        Opened::Settled(session) => {
            fulfil::settle(shop, &session).await?;
            Next::Look
        }
        Opened::NeverMade => return Ok(None),
        Opened::Unknown | Opened::Refused => Next::Unavailable,
    }))
}

async fn look(shop: &Shop, conn: &mut db::Conn, id: OrderId) -> Result<Need, DbError> {
    let now = shop.clock.now();
    let Some(order) = orders::store::lock(conn, id).await? else { return Ok(Need::Nothing) };
    if order.state != "pending" {
        return Ok(Need::Nothing);
    }
    if !catalog::store::is_sellable(conn, order.event_id, now).await? {
        return Ok(Need::Refusal);
    }
    // Once the hold is over the sweep has the word: it may be asking Stripe to end the session right now.
    if order.held_until <= now {
        return Ok(Need::Nothing);
    }
    let Some(attempt) = store::open_attempt(conn, id).await? else {
        return Ok(Need::Opening(Box::new(another(shop, conn, &order).await?), Past::Fresh));
    };
    // Paid, as far as the guest can: the money is on its way, and its page is gone.
    if attempt.processing {
        return Ok(Need::Nothing);
    }
    if let Some(url) = attempt.checkout_url.clone() {
        return Ok(Need::Session(url));
    }
    if !store::lease(conn, attempt.id.into(), shop.rules.lease, now).await? {
        return Ok(Need::Patience);
    }
    Ok(Need::Opening(Box::new(attempt.request()?), Past::Doubtful))
}

async fn another(shop: &Shop, conn: &mut db::Conn, order: &OrderRow) -> Result<PaymentRequest, DbError> {
    let now = shop.clock.now();
    let quote = orders::quote_of(order, &orders::store::lines(conn, order.key()).await?)?;
    let event = catalog::store::event(conn, order.event_id).await?.ok_or(DbError::NotFound)?;
    let request = PaymentRequest {
        attempt: AttemptId::generate(),
        made_at: now,
        order: order.key(),
        reference: order.reference.clone(),
        email: order.buyer_email.clone(),
        statement: domain::statement::suffix(shop.statement.as_ref(), &event.title),
        language: order.language(),
        currency: quote.currency,
        lines: charge::lines(&quote, order.language()),
        expires_at: whole_seconds(order.held_until.max(now + shop.rules.session)),
        return_url: shop.links.url_of(order.key(), &order.reference),
    };
    store::new_attempt(conn, &request, shop.rules.lease).await?;
    Ok(request)
}
