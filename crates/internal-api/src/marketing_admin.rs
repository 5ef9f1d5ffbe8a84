//! What marketing-admin answers.

pub mod pins;
pub mod sessions;
