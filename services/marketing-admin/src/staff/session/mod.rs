//! The staff's sign-in, sessions and sign-out.
//!
//! A sign-in checks the password ([`crate::identity::password`], with the same work for an unknown address), writes a session
//! row with a new id and signs a token for exactly one audience ([`sign_in`]). Browsers carry it in a host-only cookie
//! ([`page`]), programs as a bearer token ([`api`]), and the scanner service asks for its own kind through [`internal`]. In
//! this service a token is only as alive as its row: [`super::Member`] looks it up at each request, so that a sign-out is
//! final at once.

pub mod api;
pub mod ended;
pub mod internal;
pub mod page;
pub mod sign_in;
pub mod store;
