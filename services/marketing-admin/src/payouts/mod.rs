//! `/admin/payouts`: what Stripe pays out to the club's bank, when it arrives, and which nights each payout pays, to the cent;
//! Stripe's balance beside the books; and all of it as a file. Purchase reads Stripe; the desk shows, and can have it done at once.

pub mod export;
pub mod page;
pub mod run;
