//! Receipts: one number for each order that was paid with money, in one series a year without a gap, and the paper that
//! says the frozen lines of the order again, to the cent.
//!
//! A number is given by [`number`], in a transaction of its own that holds the order's row and then the year's counter:
//! payments never wait for it. A worker does it for every paid order within seconds, in the order of payment; who asks for
//! a receipt before is given the number then, by the same function. A club that has not set its tax details ([`seller`])
//! gives out no numbers and shows no button.

pub mod number;
mod paper;
pub mod seller;
pub mod show;
pub(crate) mod store;

pub use seller::Seller;
