//! Who somebody is: addresses, passwords.

pub mod email;
pub mod factors;
pub mod password;
pub mod sealed;

pub use web::ClientAddress;
