//! Guests without a code to show: the doorman finds their ticket by what they say, and lets them in by the same verdict as a scan.
//!
//! A name is found by its words, however it is accented, an order by its reference, either ticket or order by its last four signs. An
//! address is hashed as it was typed and compared: the door holds no addresses.

pub mod check_in;
pub mod find;
pub mod store;

/// What a ticket is found by beside its holder's name: the whole of a reference or id, and its last four signs.
const LAST_SIGNS: usize = 4;
