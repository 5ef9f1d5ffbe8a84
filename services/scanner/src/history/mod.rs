//! What the door did, to be read later: every scan of a night, admitted or not ([`scans`], [`mine`], [`export`]), and how many people
//! were inside when, with the log of all that changed the number and was no scan ([`people`]).
//!
//! Nothing is kept for it. Scans are read by their primary key, backwards: their ids begin with their time, also those that a phone
//! decided. A page looks so far and no further ([`store::LOOKED`]), and says where the next one begins.

pub mod export;
pub mod mine;
pub mod people;
pub mod scans;
pub mod store;
pub mod timeline;
mod which;
mod words;

pub use which::night;
pub use words::{harmless, reason, verdict};
