//! Who somebody is: addresses, passwords.

pub mod account;
pub mod activity;
pub mod avatar;
pub mod breach;
pub mod consents;
pub mod email;
pub mod entrance;
pub mod erase;
pub mod factors;
pub mod limits;
pub mod links;
pub mod magic_link;
pub mod mine;
pub mod new_email;
pub mod password;
pub mod phone;
pub mod providers;
pub mod reset;
pub mod sealed;
pub mod secret;
pub mod session;
pub mod sign_in;
pub mod sign_up;
pub mod sms;
pub mod upkeep;
pub mod visit;
pub mod ways;

pub use web::ClientAddress;
