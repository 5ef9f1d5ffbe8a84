//! Going on with an order that waits for its money: the same session while there is one, a new attempt when the last is dead.

use db::DbError;
use domain::ids::OrderId;

use super::open::{Opened, open};
use super::store::AttemptRow;
use super::{PaymentRequest, fulfil, store};
use crate::inventory::whole_seconds;
use crate::orders::store::OrderRow;
use crate::{Shop, orders};

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
}

/// What an order needs, found under its lock.
enum Need {
    Nothing,
    Fulfilment,
    Session(String),
    Patience,
    Opening(Box<PaymentRequest>),
}

/// Brings a waiting order one step further.
pub async fn resume(shop: &Shop, order: OrderId) -> Result<Next, DbError> {
    let need = shop.db.transaction(async |conn| look(shop, conn, order).await).await?;
    match need {
        Need::Nothing => Ok(Next::Look),
        Need::Fulfilment => fulfil::fulfil_free(shop, order).await.map(|_| Next::Look),
        Need::Session(url) => Ok(Next::PayAt(url)),
        Need::Patience => Ok(Next::Busy),
        Need::Opening(request) => start(shop, &request).await,
    }
}

/// Opens the payment page of a stored attempt.
pub async fn start(shop: &Shop, request: &PaymentRequest) -> Result<Next, DbError> {
    Ok(match open(shop, request).await? {
        Opened::At(url) => Next::PayAt(url),
        Opened::Settled(session) => {
            fulfil::settle(shop, &session).await?;
            Next::Look
        }
        Opened::Unknown | Opened::Refused => Next::Unavailable,
    })
}

async fn look(shop: &Shop, conn: &mut db::Conn, id: OrderId) -> Result<Need, DbError> {
    let now = shop.clock.now();
    let Some(order) = orders::store::lock(conn, id).await? else { return Ok(Need::Nothing) };
    if order.state != "pending" {
        return Ok(Need::Nothing);
    }
    if order.total_minor == 0 {
        return Ok(Need::Fulfilment);
    }
    // Once the hold is over the sweep has the word: it may be asking Stripe to end the session right now.
    if order.held_until <= now {
        return Ok(Need::Nothing);
    }
    let attempt = match store::open_attempt(conn, id).await? {
        Some(attempt) => match attempt.checkout_url.clone() {
            Some(url) => return Ok(Need::Session(url)),
            None if !store::lease(conn, attempt.id.into(), shop.rules.lease, now).await? => {
                return Ok(Need::Patience);
            }
            None => attempt,
        },
        None => another(shop, conn, &order).await?,
    };
    let lines = orders::store::lines(conn, id).await?;
    Ok(Need::Opening(Box::new(attempt.request(&order, &lines)?)))
}

async fn another(shop: &Shop, conn: &mut db::Conn, order: &OrderRow) -> Result<AttemptRow, DbError> {
    let now = shop.clock.now();
    let return_url = shop.links.url_of(order.key(), &order.reference);
    let expires_at = whole_seconds(now + shop.rules.session);
    store::new_attempt(conn, order.key(), &return_url, expires_at, shop.rules.lease, now).await
}
