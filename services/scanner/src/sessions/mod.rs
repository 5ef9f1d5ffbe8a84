//! Staff at the door. marketing-admin owns accounts and passwords: it is asked once, at sign-in, and signs a token that
//! this service verifies alone from then on, so that the door works while marketing-admin is away. Ending a session here
//! makes its token worthless here; one that marketing-admin ended is learned of within seconds ([`revoked::WITHIN`]).

pub mod client;
pub mod close;
pub mod ended;
pub mod identity;
pub mod open;
pub mod pins;
pub mod revoked;
pub mod store;

pub use ended::Ended;
pub use identity::Identity;
