//! The staff's sign-in, sessions and sign-out.
//!
//! A sign-in checks the password ([`crate::identity::password`], with the same work for an unknown address) and the second
//! factor, where there is or must be one ([`second_factor`] asks a browser for it, [`crate::identity::factors::pending`] remembers
//! that its password was right, [`passkeys`] opens a session without either). It writes a session row with a new id and signs a token for exactly one
//! audience ([`sign_in`]). Browsers carry it in a host-only cookie ([`sign_in_page`]), programs as a bearer token ([`api`]), and the
//! scanner service asks for its own kind through [`internal`]. In this service a token is only as alive as its row:
//! [`super::Member`] looks it up at each request, so that a sign-out is final at once, and so is whatever ends all of somebody's ([`end`]).
//!
//! What can't be taken back, and lists of people that leave the house, take a second factor given within the last minutes
//! ([`prove`], and [`step_up`] in the middle of a form). Who needs a factor and has none can do nothing but set one up
//! ([`security`]).

pub mod api;
pub mod end;
pub mod ended;
pub mod internal;
pub mod passkeys;
pub mod prove;
pub mod second_factor;
pub mod security;
pub mod sign_in;
pub mod sign_in_page;
pub mod step_up;
pub mod store;
