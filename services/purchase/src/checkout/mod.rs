//! From a guest's wish to a pending order and a payment page.
//!
//! Both doors lead to one use-case: the API ([`api`]) with its `Idempotency-Key`, and the page's form ([`form`]), whose hidden
//! random key plays the same part, so that a double tap is one order. [`quote`] says what a choice costs, and holds nothing. [`wish`] judges the shape of what was sent and
//! knows nothing of stock; [`place`] has the hold engine decide the rest, then opens the payment page. No transaction is
//! open while Stripe is called, and an order that costs nothing skips Stripe and nothing else.

pub mod api;
pub mod form;
pub mod place;
pub mod quote;
pub mod wish;
