//! Who must not come in: by name, by the number of a document, or by what somebody looks like.
//!
//! - **By name** ([`name`]): tickets whose holder has the name, however it is written, are marked in `admissions`
//!   (`banned`, `ban_note`), so that their scan says `banned` and what to look at. Names coincide: a supervisor may let the guest
//!   in all the same.
//! - **By document** ([`document`]): the number is read, turned into an HMAC under a key that only this service has, and
//!   forgotten. Whoever holds the database can't try all numbers against it.
//! - **By looks**: a note, and a photograph if photographs are on.
//!
//! Supervisors make, end and list bans; a doorman can only ask about one name or one document, so many times a minute, and
//! hears no more than what is needed at the door. [`crate::retention::upkeep`] lets bans begin and run out, and erases old ones.

pub mod check;
pub mod document;
pub mod end;
pub mod list;
pub mod make;
pub mod name;
pub mod store;

pub use check::Checks;
pub use document::DocumentKey;
pub use name::name_key;
pub use store::flag;
