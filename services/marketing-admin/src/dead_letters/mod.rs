//! `/admin/dead-letters`: messages between the services that could not be handled, why, and trying again. Each service
//! keeps its own; here they stand together, and a service that can't be asked hides nothing of the others.

pub mod list;
pub mod replay;
