//! Signing in by a mailed link.

pub mod ask;
pub mod open;
