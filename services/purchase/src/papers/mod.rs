//! What a guest takes along from a paid order: tickets on paper, the night in the calendar, passes for a phone's wallet.
//! `crates/documents` makes the files; here it is decided who gets which, and how many are made at once ([`press`]).
//!
//! Every file stands behind the order's key, as its page does ([`folder`]): a wrong key, an unpaid order and a ticket that
//! lets nobody in are answered alike. Wallets are shown once the club has configured its accounts with Apple and Google
//! ([`wallets`]); until then there is no button, and no file behind its address. A code that moves stands in none of these: its page
//! shows it ([`codes`]).

pub mod calendar;
pub mod codes;
pub(crate) mod folder;
pub mod press;
mod prices;
pub mod tickets;
pub mod wallet;
pub mod wallets;

pub use press::Press;
pub use wallets::Wallets;
