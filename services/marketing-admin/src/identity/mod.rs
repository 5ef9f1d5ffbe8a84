//! Who is at the desk: sign-in, sessions, sign-out.
//!
//! A sign-in checks the password ([`password`], with the same work for an unknown address), writes a session row with a new
//! id and signs a token for exactly one audience ([`sign_in`]). Browsers carry it in a host-only cookie ([`page`]), programs
//! as a bearer token ([`api`]), and the scanner service asks for its own kind through [`internal`]. In this service a token
//! is only as alive as its row: [`Member`] looks it up at each request, so that a sign-out is final at once. On the phones of
//! the door a short PIN opens a session for a shift ([`pin`]).

pub mod api;
pub mod email;
pub mod ended;
pub mod internal;
pub mod member;
pub mod page;
pub mod password;
pub mod pin;
pub mod sign_in;
pub mod store;

pub use member::Member;
pub use web::ClientAddress;
