//! Disputes at the desk: a guest's bank takes a payment back, and the club may answer until a deadline.
//!
//! Purchase owns them and tells of each change ([`consume`]), so that the figures ([`store`]) and *Needs a person* know what is gone
//! and until when to answer. The list ([`list_page`]) and the evidence ([`proof_page`]) are asked for when somebody looks
//! ([`till`]): what was bought, issued and passed on is purchase's to say, when it was mailed and scanned is ours. The page prints as
//! it stands, and is a file ([`proof_pdf`]) for the answer that is uploaded at Stripe.

pub mod consume;
pub mod list_page;
pub mod proof_page;
pub mod proof_pdf;
pub mod store;
mod till;
