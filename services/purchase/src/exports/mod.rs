//! What the desk puts into files and onto its page of payments: a night's orders, its guests, the lines of its ledger, and
//! every movement of money. Read a page at a time, each from where the last one ended ([`page`]), so that a large night costs no
//! more memory than a small one, on either side. Amounts are the ledger's own: nothing is added up a second way.

pub mod guests;
pub mod ledger;
pub mod orders;
pub mod page;
pub mod payments;
pub mod payouts;
mod store;
