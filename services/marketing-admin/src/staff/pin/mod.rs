//! PINs: a short way in for who hands over a phone at the door in the dark.
//!
//! A PIN is weaker than a password, so it opens less: a session of the door alone, for one shift, on a phone that a supervisor
//! has enrolled ([`sign_in`]). Five wrong ones lock the person out on that phone, for growing times ([`store::try_once`]). It is
//! set with the password in hand ([`set`]), is none of the easy ones ([`rule`]), and goes when the password or role changes.

pub mod list;
pub mod rule;
pub mod set;
pub mod sign_in;
pub mod store;
