//! Who somebody is: addresses, passwords.

pub mod account;
pub mod activity;
pub mod breach;
pub mod consents;
pub mod email;
pub mod erase;
pub mod factors;
pub mod limits;
pub mod links;
pub mod mine;
pub mod password;
pub mod sealed;
pub mod session;
pub mod upkeep;
pub mod visit;

pub use web::ClientAddress;
