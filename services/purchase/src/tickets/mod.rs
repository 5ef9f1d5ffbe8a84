//! Entry rights. A ticket is issued in the transaction that pays its order, once per place of a line, and said to the
//! door ([`Issuer`]); it can be voided ([`void`]), so that its code is refused though its signature is good. Its
//! guest may correct the name on it or pass it on ([`change`]): then it is revoked, and a new one stands in its place;
//! and again when the friend hands it back ([`hand_back`]). Where doors that were open are to open later now, the door's word
//! decides whether it may ([`doorstep`]). What is
//! shared ([`share`]) stays its buyer's; its guest hears when it is gone ([`left`], and `order.refunded`).
//!
//! The code is signed with the club's private key whenever it is shown or mailed: the same bytes give the same code, so
//! none is stored. Where its type says so it moves ([`rule`]): then the ticket's page alone shows it, another every 15 seconds.

pub(crate) mod card;
pub(crate) mod change;
pub(crate) mod doorstep;
pub(crate) mod hand_back;
mod issue;
mod left;
pub(crate) mod rule;
pub(crate) mod share;
pub mod signer;
pub(crate) mod store;
pub mod void;

pub use issue::Issuer;
pub(crate) use issue::{Paid, changed, channel_of, more};
