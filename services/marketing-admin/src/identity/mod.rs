//! Who somebody is: addresses, passwords.

pub mod activity;
pub mod consents;
pub mod email;
pub mod erase;
pub mod limits;
pub mod mine;
pub mod password;
pub mod phone;
pub mod providers;
pub mod sms;
pub mod upkeep;

pub use web::ClientAddress;
