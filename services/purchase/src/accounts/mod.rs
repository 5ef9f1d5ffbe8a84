//! What the ticket site knows of guests' accounts, which are marketing-admin's.
//!
//! A guest's session is a token that this site verifies alone, with the public keys in [`keys`]; whether it was ended before its
//! time is in [`standing`]. [`consume`] takes in what `account.changed` tells: the proven address, ended sessions, and that somebody
//! asked to be forgotten, which [`erase`] does as soon as nothing of theirs needs their address any more. [`held`] tells the guest
//! what is held here about them. Their orders are in [`crate::my::mine`].

pub mod consume;
pub mod erase;
mod erase_store;
pub mod held;
pub mod keys;
pub mod standing;
pub(crate) mod store;

use domain::ids::OrderId;
use web::Guest;

use crate::Shop;

/// Puts a new order among those of whoever was signed in when it was placed. It never stands in the way of the sale: an order under
/// the account's own address is found without it.
pub(crate) async fn claim(shop: &Shop, order: OrderId, guest: Option<&Guest>) {
    let Some(guest) = guest else { return };
    let claimed = async {
        let mut conn = shop.db.conn().await?;
        store::claim(&mut conn, order.uuid(), guest.account.uuid(), shop.clock.now()).await
    };
    if let Err(error) = claimed.await {
        tracing::warn!(%error, %order, "an order could not be put into its guest's account");
    }
}
