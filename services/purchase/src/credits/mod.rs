//! Club credit: staff give money back as a credit that its guest spends on another night.
//!
//! A refund *as credit* moves nothing at Stripe: the books move what was earned to the account `credits`, and the guest is mailed a
//! code, of which only the hash is kept. At the checkout the code stands where a promo's would. The hold engine locks the credit,
//! takes as much as the order costs, in the transaction that takes the places, and the rest is paid at Stripe: the use is *held* with
//! them, *used* once the order is paid, *freed* when the hold ends. What a refund gives back of such an order is money as far as money
//! was paid, and the rest goes back to the credit ([`store::part_of`]). What is left when a credit's time is over stays
//! owed, or lapses ([`lapse`]), as the club says.

pub(crate) mod lapse;
pub(crate) mod refunded;
pub(crate) mod store;

use chrono::{DateTime, Utc};
use domain::credit::Credit;
use uuid::Uuid;

/// A credit that the engine has locked.
#[derive(Debug, Clone)]
pub(crate) struct CreditOffer {
    pub id: Uuid,
    pub credit: Credit,
}

/// What an order spends of a credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// The credit.
    pub credit: Uuid,
    /// Minor units.
    pub amount_minor: i64,
}

/// A credit that was just given, while its code is known.
#[derive(Debug)]
pub(crate) struct Given {
    pub code: String,
    pub expires_at: DateTime<Utc>,
}
