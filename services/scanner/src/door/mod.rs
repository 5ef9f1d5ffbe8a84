//! The door itself: which nights there are, which gates they have, and how many people are inside.
//!
//! Events, zones and ticket types are a projection of `event.changed`. Gates are this service's own: every zone gets one when it is
//! first seen, under an id derived from the zone's, so that a projection built anew has the gates that the phones know.

pub mod board;
pub mod list;
pub mod occupancy;
pub mod projection;
pub mod store;

pub use board::{Board, GatePlan};
