//! The control API: tests script what goes wrong, pay without a browser, and compare money.

mod delayed;
mod disputes;
pub mod faults;
mod payouts;
pub mod play;
mod routes;
mod state;

pub use delayed::{promise, settle};
pub use disputes::{move_dispute, open_dispute};
pub use payouts::{add_to_balance, make_payout, move_payout};
pub use routes::{
    add_fault, delete_fault, delete_faults, faults as list_faults, pay, release, reset, send_webhook,
    set_clock, set_endpoint, webhooks,
};
pub use state::state;
