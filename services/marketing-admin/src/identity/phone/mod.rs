//! Signing in by a code sent to one's phone, and adding a number to an account.
//!
//! [`sign_in`] asks for a number and sends a code, whether the number has an account or not: nobody learns which. The right code, typed
//! in the browser that asked, signs in, or makes an account without an address. [`mine`] adds a number to an account and removes it. Both
//! go the same two steps ([`pages`]).

pub mod mine;
pub mod number;
pub mod pages;
pub mod send;
pub mod sign_in;
pub mod store;

use web::Fault;

use crate::Desk;

/// Without an account at the SMS provider there are no such pages.
fn offered(desk: &Desk) -> Result<(), Fault> {
    if desk.sms.is_offered() { Ok(()) } else { Err(Fault::not_found()) }
}
