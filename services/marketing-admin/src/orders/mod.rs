//! Orders at the desk: found by reference, address or name ([`list_page`]), looked at with all that was paid and went back
//! ([`order_page`]), and given back, whole, by the ticket or by an amount ([`refund_form`], [`api`]). What Stripe could not give
//! back, staff settle otherwise ([`settle_form`]). The owner takes the mark of a dispute off a person ([`mark_form`]).
//!
//! Orders are purchase's. The desk keeps no copy of names and payments: it asks on its internal listener ([`till`]) and says
//! so if there is no answer.

pub mod api;
pub mod list_page;
pub mod mark_form;
mod money_lines;
pub mod order_page;
pub mod proof;
pub mod refund_form;
pub mod settle_form;
pub mod till;

pub(crate) use list_page::Badge;
