//! What roles let people do, and on which nights: the nine that every club has, and those of its own making.

pub mod store;
