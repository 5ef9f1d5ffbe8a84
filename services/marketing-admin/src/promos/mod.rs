//! Promo codes as the club defines them. Whoever makes or changes one tells the till (`promo.changed`) in the same
//! transaction, with the audit row. How often a code was used is counted from the orders that the till tells of.
//!
//! A promo has one code that many may use, or a batch of codes that are good once each ([`batch`]), to be handed out as CSV
//! ([`codes`]).

pub mod api;
pub mod batch;
pub mod change;
pub mod codes;
pub mod desk_page;
pub mod input;
mod store;
