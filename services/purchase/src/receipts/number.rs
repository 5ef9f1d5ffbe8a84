//! Giving an order its number: once, and the next one of the year.

use domain::ids::OrderId;
use web::Fault;

use super::seller::Seller;
use super::store::{self, Numbered};
use crate::{Shop, credits, orders};

/// Orders numbered in one round of the worker.
const ROUND: i64 = 100;

/// The number of an order that was paid, with money or with a credit, given now if it has none. `None`: the order gets no receipt.
pub(crate) async fn of(shop: &Shop, seller: &Seller, id: OrderId) -> Result<Option<Numbered>, Fault> {
    let now = shop.clock.now();
    let numbered = shop
        .db
        .transaction(async |conn| {
            // Two who number the same order meet at its row; those of different orders meet at the counter, after it.
            let Some(order) = orders::store::lock(conn, id).await? else { return Ok(None) };
            if order.paid_at.is_none() || (order.total_minor == 0 && !credits::store::paid(conn, id).await?) {
                return Ok(None);
            }
            if let Some(known) = store::find(conn, id).await? {
                return Ok(Some(known));
            }
            let (number, issued_at) = store::next(conn, seller.year(now), now).await?;
            let numbered = Numbered::new(id, seller, number, issued_at, now);
            store::insert(conn, &numbered).await?;
            Ok::<_, db::DbError>(Some(numbered))
        })
        .await?;
    Ok(numbered)
}

/// Numbers paid orders that have none, in the order of payment. Gives how many.
pub(crate) async fn work(shop: &Shop) -> Result<usize, db::DbError> {
    let Some(seller) = &shop.seller else { return Ok(0) };
    let waiting = store::waiting(&mut *shop.db.conn().await?, ROUND).await?;
    let mut done = 0;
    for id in waiting {
        match of(shop, seller, id).await {
            Ok(Some(_)) => done += 1,
            Ok(None) => {}
            Err(fault) => {
                tracing::warn!(order = %id, code = fault.code(), "an order could not be numbered; the next round tries again");
                break;
            }
        }
    }
    Ok(done)
}
