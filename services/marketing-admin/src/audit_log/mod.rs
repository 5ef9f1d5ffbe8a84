//! `/admin/audit`: who did what, in all three services, and whether their logs are as they were written. Each service keeps its own;
//! one that can't be asked is named and hides nothing of the others.

pub mod api;
pub mod export;
pub mod page;
mod store;
