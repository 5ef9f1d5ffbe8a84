//! Who somebody is: addresses, passwords.

pub mod email;
pub mod password;

pub use web::ClientAddress;
