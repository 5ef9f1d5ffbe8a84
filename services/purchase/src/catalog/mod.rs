//! What is for sale: a projection of marketing-admin's events, and the pages and JSON that show it.
//!
//! [`consume`] takes each `event.changed` snapshot and ignores an older revision. A capacity that the club lowers below
//! what is already held and sold does not touch those counters: sale stops and the clamp is recorded. [`shelf`] keeps
//! what the pages need in memory for half a second, so that a crowd on one page is not a crowd on the database; only the
//! hold engine decides what is really left. [`live`] tells open pages what changes, from the same shelf. [`night`] is what a page or
//! a client sees of an event; [`amounts`] asks guests for prices that they name, [`questions`] for what the club wants to know.

pub mod amounts;
pub mod api;
pub mod consume;
pub mod event_page;
pub mod list_page;
pub mod live;
pub mod night;
pub(crate) mod offers;
pub mod poster;
pub mod questions;
pub mod shelf;
pub(crate) mod store;
pub(crate) mod terms;
