//! People who work at the club: their accounts.
//!
//! An account is made or changed by `magueyctl` ([`put`]). Every privileged act takes an [`audit::Actor`] and writes its
//! audit row in the transaction of the act; there is no other way to reach the stores that change something.

pub mod put;
pub mod store;
