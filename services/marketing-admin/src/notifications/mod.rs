//! Emails: recorded before they are sent, sent at least once, their fate visible.
//!
//! [`consume`] writes the row of an email in the inbox transaction of `order.paid` or `order.refunded`: one per order
//! or refund, whatever is delivered twice. [`asked`] does the same for what guests ask for: their tickets again, a search for
//! them, a ticket passed on. [`sender`] claims due rows, [`render`]s them and hands them to the
//! [`provider`] with the row's id as idempotency key, so that a crash after the provider said yes sends nothing twice.
//! In test mode [`audience`] keeps back what is not for the club's own people. [`pace`] keeps all replicas together within
//! the provider's limit. [`log`] shows staff what became of each.

pub mod account;
pub mod asked;
pub mod audience;
pub mod clear;
pub mod consume;
pub mod log;
pub mod pace;
pub mod provider;
pub mod render;
mod render_asked;
pub mod resend;
pub mod sender;
pub mod store;
