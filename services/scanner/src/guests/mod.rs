//! What the door holds about a guest beside their ticket: told to them ([`held`]), and forgotten ([`forget`]).
//!
//! The door knows no accounts. Who asks for their data asks marketing-admin, which learns from purchase whose tickets are theirs and
//! asks here for these. Who asks to be forgotten loses the name on each ticket once its night is over: purchase says so
//! (`ticket.changed` without a name and an address), and what was written down beside the ticket goes with it ([`heard`]). A ban in
//! force or an open incident stands in the way, which is on record with its reason; once it is over, so is the delay.

pub mod forget;
pub mod heard;
pub mod held;
pub mod store;
