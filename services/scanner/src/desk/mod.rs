//! `/desk`: what supervisors need besides scanning: who is inside, what happened, who is banned, and the form of what the door goes by. Doormen
//! come here to report an incident and to ask about a document or a name.
//!
//! Plain pages and forms, for a phone in the dark, that need no script.

pub mod ask;
pub mod bans;
pub mod home;
pub mod incidents;
pub mod limit;
pub mod people;
pub mod photos;
pub mod report;
pub mod scans;
pub mod settings;
mod views;
mod words;
