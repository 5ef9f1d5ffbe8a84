//! Another address for an account: mailed to, proven, and only then its own.

pub mod ask;
pub mod confirm;
