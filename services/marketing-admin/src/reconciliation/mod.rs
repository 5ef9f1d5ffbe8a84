//! `/admin/reconciliation`: the books and Stripe side by side, night by night, to the cent; and each difference with what is
//! known of it. Purchase compares; the desk shows, and can have it done at once.

pub mod page;
pub mod run;
