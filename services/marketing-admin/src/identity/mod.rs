//! Who somebody is: addresses, passwords.

pub mod activity;
pub mod consents;
pub mod email;
pub mod entrance;
pub mod erase;
pub mod limits;
pub mod magic_link;
pub mod mine;
pub mod new_email;
pub mod password;
pub mod reset;
pub mod sign_in;
pub mod sign_up;
pub mod upkeep;

pub use web::ClientAddress;
