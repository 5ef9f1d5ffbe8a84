//! Accounts: one row per person, guest or staff ([`store`]), and what the other services hear of it ([`tell`]).

pub mod store;
pub mod tell;
