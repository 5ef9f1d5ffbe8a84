//! What is left of a credit whose time is over becomes the club's own, where the club has chosen so (`CREDITS_LAPSE`). Whether it may is
//! a matter of its country's law: by default what is left stays owed in the books, and the desk shows how much that is.

use db::DbError;
use uuid::Uuid;

use super::store;
use crate::Shop;
use crate::payments::ledger::{self, Source};

/// Credits of one round.
const AT_ONCE: i64 = 100;

/// Books what has lapsed; says of how many credits. What a hold had taken and gives back later lapses in a later round.
pub(crate) async fn work(shop: &Shop) -> Result<usize, DbError> {
    if !shop.rules.credits_lapse {
        return Ok(0);
    }
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            let lapsed = store::lapse(conn, now, AT_ONCE).await?;
            for credit in &lapsed {
                // A credit may lapse more than once: what has lapsed in all names the step.
                let step = Uuid::new_v5(&credit.id, &credit.lapsed_minor.to_be_bytes());
                let (source, entries) = (Source::CreditLapse(step), ledger::lapsed(credit.amount_minor));
                ledger::book(conn, source, credit.order_id.into(), &credit.currency, &entries, now).await?;
            }
            Ok::<_, DbError>(lapsed.len())
        })
        .await
}
