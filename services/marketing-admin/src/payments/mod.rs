//! `/admin/payments`: every movement of money with its night, its order and how it was paid, the newest first; what they come to,
//! to the cent as the ledger has it; and all of it as a file. The books are purchase's: it is asked, no copy is kept.

pub mod export;
mod filter;
pub mod page;
