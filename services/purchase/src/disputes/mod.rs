//! Disputes: a guest's bank takes a payment back, or asks about it first, and decides in the end.
//!
//! A dispute is a fact beside its order. It changes neither the order's state nor the stock; while the money is with the bank
//! ([`domain::dispute::DisputeStatus::holds_money`]) the order's tickets are frozen ([`freeze`]): the door refuses them with
//! words of their own, and nothing of the payment can be given back. When the club wins, they are good again. An inquiry, in
//! which no money has moved, freezes nothing.
//!
//! Whoever learns of one (Stripe's events, in any order; the comparison with Stripe's lists, where none came) has the object
//! read ([`follow`]), and one function turns it into our state ([`take()`]): one row per dispute, which only goes on; each of
//! Stripe's balance transactions booked once; the owner's desk told; the person marked ([`marks`]). Staff read them ([`list`], [`record`]); what is to be
//! answered, and until when, is theirs.

pub mod follow;
mod freeze;
pub mod list;
pub mod marks;
pub mod record;
pub(crate) mod store;
mod take;

pub(crate) use take::{Taken, take, told};
