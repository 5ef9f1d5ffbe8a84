//! What was sold and who came: this service's own read models, and the dashboard that shows them live.
//!
//! [`consume`] takes `order.paid`, `order.refunded`, `ticket.scanned` and `door.changed`; [`store`] writes a row for each and moves the
//! figures of the event in the same transaction, so that a duplicate, a replay or another order changes nothing.
//! A change notifies all replicas; [`live`] reads the figures once and hands them to every open dashboard; [`chart`] draws.

pub mod api;
mod chart;
pub mod consume;
pub mod dashboard;
mod door_lines;
pub mod figures;
pub mod live;
pub mod store;

pub use store::recount;
