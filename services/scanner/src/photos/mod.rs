//! Photographs: of a guest who agreed, of what happened, of somebody who is banned.
//!
//! Off until a supervisor switches them on ([`crate::retention::settings`]), who also writes what guests are asked. A photograph is
//! taken in ([`take`]) at the door, made anew from its pixels ([`picture`]: small, without place, time and phone), and seen by
//! supervisors alone ([`show`]), each look on record. After the set days it is erased, whatever it is of
//! ([`crate::retention::upkeep`]), and before if somebody asks for it ([`erase`]).
//!
//! **Consent.** A photograph of a guest, or for a ban, needs `consent: true`: the doorman read the text out and heard a yes. One
//! of an incident needs none: it secures evidence of what is happening (a wound, a broken door, who struck whom), which can't
//! wait for the agreement of who did it and is kept for the club's and the guests' legitimate interest in it.

pub mod erase;
pub mod list;
pub mod picture;
pub mod reach;
pub mod show;
pub mod store;
pub mod take;
