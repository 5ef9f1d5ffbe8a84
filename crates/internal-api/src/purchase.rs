//! What purchase answers.

pub mod box_office;
pub mod disputes;
pub mod exports;
pub mod orders;
pub mod payouts;
pub mod presales;
pub mod reconciliation;
pub mod reservations;
pub mod settlements;
pub mod stock;
pub mod table_waitlist;
pub mod waitlist;
