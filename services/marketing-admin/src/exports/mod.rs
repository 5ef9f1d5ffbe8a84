//! Files for a spreadsheet: a night's orders, its guests, the lines of its ledger ([`night`]); payments and promoters stand in
//! rooms of their own and use the same tools.
//!
//! What a cell is, and how a text stays a text, is said in [`cell`]. Rows come a page at a time ([`rows`] asks purchase for them)
//! and go through a channel of one page to a thread that writes them to a file without a name ([`file`], [`spool`]): a large night takes no more
//! memory than a small one. The file leaves when it is whole and its audit row is written ([`answer`]): nobody takes half a
//! night for all of it, and nothing leaves unseen. [`list`] is all of that for a list which purchase has.

pub mod answer;
pub mod cell;
pub mod file;
pub mod list;
pub mod night;
pub mod rows;
pub mod spool;
mod store;
