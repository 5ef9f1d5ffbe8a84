//! Signed tokens: who is signed in, and which service calls.
//!
//! One algorithm (EdDSA), keys only from our own list, and a type per kind of token, so that none
//! can be used as another.

pub mod guest;
mod keys;
pub mod service_token;
pub mod session;

pub use keys::{TokenFault, signing_key};
