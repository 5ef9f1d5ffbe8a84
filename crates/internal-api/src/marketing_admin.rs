//! What marketing-admin answers.

pub mod sessions;
