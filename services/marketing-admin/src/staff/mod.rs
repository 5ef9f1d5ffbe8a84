//! People who work at the club: their accounts, what they may do, and their sessions.
//!
//! Somebody comes to work here by an invitation ([`invitations`]). An account is also made or changed by `magueyctl` ([`put`]); its
//! sign-in is [`session`]. On the phones of the door a short PIN opens a session for a shift ([`pin`]). What somebody may do, and on which nights, is in [`roles`]; who works
//! which night, in [`shifts`]. Every privileged act takes an [`audit::Actor`] and writes its audit row in the
//! transaction of the act; there is no other way to reach the stores that change something.

pub mod invitations;
pub mod member;
pub mod people;
pub mod pin;
pub mod put;
pub mod roles;
pub mod session;
pub mod shifts;
pub mod store;

pub use member::Member;
