//! Promo codes: a projection of marketing-admin's promos, and who has used them.
//!
//! [`consume`] takes each `promo.changed` snapshot. A promo is used by the hold engine, in the transaction that takes the
//! places: the use is *held* with them, *used* once the order is paid, *freed* when the hold ends. The counters are columns
//! with a CHECK, written by the statement that writes the batch, so that no crowd uses a code more often than it may.

pub mod consume;
mod offer;
mod store;

pub(crate) use offer::PromoOffer;
pub(crate) use store::{find, free, keep_with_credit, minimum, read, take_again};
