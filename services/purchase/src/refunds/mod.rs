//! Giving money back, and the tickets it paid for.
//!
//! What could not become an order goes back by itself, whole: [`crate::payments::fulfil`] stores it. Of an order's payment
//! staff give back all that is left, some tickets, or an amount out of goodwill ([`ask`]), and guests their own tickets until the
//! night's deadline ([`by_guest`]), as long as the rest stands without them ([`rest`]); how much that is, is decided by [`decide`] with the rule of [`domain::refund`].
//!
//! **Refund and door agree.** A refund that takes tickets back is `asked` first: the door makes their codes bad in the
//! moment in which it sees that nobody came in with them, or says who did ([`door`]). Only then does it go on to Stripe
//! ([`go_on`]); with somebody inside only if staff said "anyway", which a silent door may answer later ([`late_word`]). Each step is on record before the next, so a crash, or a
//! door that does not answer, is picked up by the worker ([`make`]), which follows each refund until Stripe says that it
//! succeeded. What Stripe has no payment of (sold at the venue, given away, free) takes the same way and ends before Stripe: staff
//! hand the money over, or there is none. What failed is listed ([`list`]) until a person has it made again ([`retry`]), or
//! has paid it another way and says so ([`otherwise`]); nothing is sent
//! to Stripe a second time without a look at what went back there meanwhile ([`before`]). What was given back in Stripe's dashboard is
//! taken over as if it had been asked for here ([`at_stripe`]). What a guest's bank holds ([`crate::disputes`]) can't be given back.

pub mod ask;
pub(crate) mod at_stripe;
mod before;
pub(crate) mod by_guest;
mod decide;
mod door;
mod ended;
mod go_on;
pub(crate) mod late_word;
pub mod list;
pub mod make;
pub mod otherwise;
pub(crate) mod rest;
pub mod retry;
pub(crate) mod store;
mod wish;

pub use door::Doors;
pub(crate) use door::Word;
