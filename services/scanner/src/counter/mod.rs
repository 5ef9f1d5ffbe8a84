//! People beyond tickets: those who were let in by mistake ([`undo`]), those whose document
//! was not good ([`id_check`]), those who never had a ticket ([`count`]), and how many may be
//! inside at once ([`limit`]).
//!
//! The number inside is never overwritten. Every change of it is a row (an entry, an exit, a count, an undo) and one step of the
//! occupancy row's revision; whoever counts again from the rows gets the same number. Who goes out after a count took them off already
//! takes nobody off: the row keeps them as `uncounted`.

pub mod count;
pub mod id_check;
pub mod limit;
pub mod store;
pub mod undo;
