//! Passes in phones' wallets follow their tickets: a night gets a new date or is called off, a ticket is refunded, passed on, frozen
//! by a dispute, its holder's name is corrected. `papers` hands passes out; here is what happens to them afterwards.
//!
//! A pass that was handed out is a row with a hash of what it shows ([`face`]). A worker compares the rows with their tickets and
//! nights ([`notice`]): only what a guest would see is a change. Then another tells the wallets ([`tell`]): each phone with Apple's
//! gets an empty notification ([`apns`]) and asks for its passes by Apple's protocol ([`phones`]), which a key in the pass opens
//! ([`key`]); Google is told the night and the ticket ([`google`]). What is not answered is told again later, and what was told is
//! told once. Of phones nothing is kept but the id and the address that they made for us, and that until the night is over.

pub mod apns;
pub(crate) mod face;
pub mod google;
pub(crate) mod keep;
pub mod key;
pub(crate) mod notice;
pub mod phones;
pub(crate) mod store;
pub(crate) mod tell;

pub use apns::Apns;
pub use google::GoogleWallet;
pub use key::PassKeys;

/// What a wallet came to say to a change.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    /// It knows.
    Yes,
    /// There is nobody to tell: the phone gave the passes away, or the guest never saved one.
    Gone,
    /// It did not take it, for this reason.
    Later(String),
}

impl Told {
    /// What it is called among the metrics.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Yes => "told",
            Self::Gone => "gone",
            Self::Later(_) => "later",
        }
    }
}
