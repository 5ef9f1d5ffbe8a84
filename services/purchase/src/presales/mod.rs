//! The presale of a night: who left an address for its sale ([`crate::reminders`]) is let in first.
//!
//! The desk opens it ([`desk`]) and says for which hidden types, by the access code that opens them. Whoever had registered by then gets
//! a mail with a code of their own ([`work`]), written down in the transaction that asks for the mail. Until the sale begins for
//! everybody, that code stands for the one of the types ([`known_as`]), on the page and through the API. It is good for one order: that
//! order's idempotency key is made of it ([`for_order`]), so of two at once one stands, whatever replica they meet at. An order that ran out
//! unpaid gives it back. Should its money come all the same, it wants the code again ([`take_again`]): where another order has it by then, the
//! money goes back.

mod code;
pub mod desk;
mod store;
pub(crate) mod work;

pub(crate) use code::{for_order, is_of_presale, is_one, known_as, used};
pub(crate) use store::take_again;
