//! What is kept at the door, for how long, and what happens by itself as that time passes.
//!
//! Supervisors decide whether photographs are taken and what guests are asked before one, for how many days photographs, bans and
//! incidents stay, and how old a phone's list may grow ([`settings`]; the form is a page of [`crate::desk`]). [`upkeep`] lets bans
//! begin and run out and erases what has been kept long enough.

pub mod settings;
pub mod store;
pub mod upkeep;
