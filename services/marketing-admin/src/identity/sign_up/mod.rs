//! A new account. It comes into being when the mailed link is confirmed; until then all that was typed waits in the link.

pub mod ask;
pub mod browser;
pub mod confirm;
pub mod page;
pub mod waiting;
