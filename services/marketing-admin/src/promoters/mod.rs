//! `/admin/promoters`: what was sold in whose name, night by night and code by code: tickets, what came back, the money that is
//! left, and who came. The desk's own figures ([`store`]); the same rows as a file.

pub mod page;
pub mod store;
