//! A night is called off: nothing is sold any more, holds end, and everybody's money goes back.
//!
//! It begins with the snapshot that says so ([`start`], in the transaction that takes it over). The worker ([`work`]) ends
//! the holds through the sweep, which has Stripe expire their payment pages, and takes back the paid orders one by one: each
//! in a transaction of its own, with a refund of all that is left, which [`crate::refunds::make`] then brings to its end. What
//! is left to do is what the orders say, so it goes on wherever it stopped, and the key of each refund is its order's, so it
//! is made once. [`progress`] says how far it is.

pub mod progress;
pub(crate) mod store;
pub mod work;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use uuid::Uuid;

/// Puts on record that a night is called off.
pub(crate) async fn start(conn: &mut Conn, event: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    if store::start(conn, event, now).await? {
        tracing::warn!(%event, "a night is called off: its money goes back");
    }
    Ok(())
}
