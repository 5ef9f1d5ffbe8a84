//! A night's tables: as told by the desk, as guests see them, and nowhere else.

mod page;
mod plan;
mod stage;
