//! Signing in with address and password, and the page that leads to every other way in.

pub mod page;
pub mod submit;

/// Where a guest goes who wanted nothing in particular.
pub const HOME: &str = "/account";
