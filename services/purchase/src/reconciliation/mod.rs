//! The books against Stripe: objects, not events.
//!
//! Every five minutes the worker ([`work`]) reads Stripe's own lists of the last 48 hours, once a night of the last 30
//! days: sessions, payments, refunds, disputes. A session that was paid and that we do not know is settled like any other, so an order
//! whose webhook never came, or that a restored backup has forgotten, is found; what names an order that does not exist goes
//! to the quarantine. A refund made at Stripe and a dispute that nobody told us of are taken over. What is too old for the lists and
//! still open in our books, or of an order that differs, is asked about one by one. Payments, refunds and what disputes moved are
//! written down as they stand at Stripe, and [`nights`] compares them with the ledger, order by order: *ledger = Stripe*, or why not. Both sides are summed as they are written, by triggers, so that comparing costs what differs.

pub mod nights;
pub(crate) mod store;
pub mod work;
