//! The guest list of a night at the desk: who comes in for nothing, with how many, until when, and who has come. The list is
//! purchase's ([`purchase`] asks); who has come is our own word, from the scans we hear of ([`store`]).
//!
//! The page ([`page`]) works without a script. Its forms ([`act`]) lead back to it, so that a page loaded anew does nothing
//! twice; a form that adds carries a key, so that a double click adds once.

pub mod act;
pub mod page;
pub mod purchase;
mod rows;
mod store;
