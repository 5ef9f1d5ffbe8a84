//! Who waits for a table: where every table that takes a party is held or taken, the plan and a taken table's sheet offer to write when
//! one comes free.
//!
//! A guest [`join`]s with a party's size (the form is [`part`]). A table that comes free is noted by triggers, in whoever's transaction
//! frees it; the worker ([`tell`]) looks whether it is free indeed, and has the first parties written to that it takes, in the order
//! in which they joined. Nothing is held for them: the mail says so, and who books first has the table. A guest [`leave`]s by the link in
//! that mail ([`link`]). How many wait, the desk is told ([`counts`]).
//!
//! The line before sold-out tickets is another one (`crate::waitlist`): there what comes free is kept for whose turn it is.

pub mod counts;
pub mod join;
pub mod leave;
pub mod link;
pub mod part;
pub(crate) mod store;
pub(crate) mod tell;
