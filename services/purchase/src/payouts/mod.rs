//! What Stripe keeps of the club's money, and what it pays out to the club's bank.
//!
//! Every movement at Stripe is a line of its balance, with the fee that Stripe keeps. Once a night, when staff ask, and when Stripe
//! posts that a payout has changed, the lines and the payouts are read ([`work`], [`from_stripe`]) and written down as they stand there.
//! What a line says of an order is booked already by the rooms that sell, refund and follow disputes; what is left is booked here
//! ([`sort`]): Stripe's fee as an expense, money of no order of ours as that, and a payout from Stripe to the bank once it is
//! paid, and back when the bank returns it. So the books say of Stripe's balance what Stripe says, to the cent, and where not, why.
//! The desk sees each payout with the nights that it pays ([`list`]).

pub(crate) mod from_stripe;
pub mod list;
mod sort;
pub(crate) mod store;
pub mod work;
