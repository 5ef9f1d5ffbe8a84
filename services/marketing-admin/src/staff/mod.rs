//! People who work at the club: their accounts, and the log of what was done with them.
//!
//! An account is made or changed by `magueyctl` ([`put`]). Every privileged act takes an [`Actor`] and writes its
//! [`audit`] row in the transaction of the act; there is no other way to reach the stores that change something.

pub mod audit;
pub mod put;
pub mod store;

pub use audit::Actor;
