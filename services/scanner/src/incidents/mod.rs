//! What happened at the door and was no scan: a guest refused for other reasons than the ticket, somebody thrown out or hurt,
//! a theft, a fight.
//!
//! An incident is written once ([`report`]) by whoever saw it and read by supervisors ([`list`]), who add what follows
//! ([`note`]). Nothing of it is changed; it is erased when it is older than the door's settings say, for it tells of people.
//! A guest who was `refused` was there: that is an incident with its ticket, and no absence.

pub mod kind;
pub mod list;
pub mod note;
pub mod report;
pub mod store;

pub use kind::Kind;
