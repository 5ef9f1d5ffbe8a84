//! The settlement of a night that is over: what it sold, what came in and went back, and where the money is, on one file that is
//! numbered like receipts and signed with a key of its own ([`key`]), and that never changes again.
//!
//! The figures are those of the books ([`store`]), read in the transaction that gives the number ([`make`]). A night that is settled
//! again, as after a late refund, gets a new number that names the one it replaces. Whoever has the public key checks a file
//! (`magueyctl settlement verify`).

pub mod key;
pub mod list;
pub mod make;
mod store;

pub use key::SettlementKey;
