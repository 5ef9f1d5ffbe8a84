//! A night's tables: as told by the desk, as guests see them, and nowhere else.

mod at_once;
mod page;
mod plan;
pub mod stage;
