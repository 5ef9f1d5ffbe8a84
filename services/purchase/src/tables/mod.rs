//! The tables of a night: its floor plan as marketing-admin told it, what a guest sees of it, and which tables are free.
//!
//! A table is a ticket type of kind `table` with a stock row of its own ([`crate::reservations`]), so that it is held, paid and given back
//! as any ticket is. [`consume`] makes both of each `floorplan.changed`, or of the night's own message where that comes later. What else
//! the plan says (where a table stands, its minimum, the menu) stays in the message as it was told, and is read from there ([`plan`]).
//!
//! [`floor`] keeps what the pages need in memory for a sixth of a second, and [`live`] tells open plans what changes. [`page`] is the
//! plan, [`sheet`] one table with the form that books it, [`api`] the same as JSON; who finds nothing free may wait for a table ([`line`]). Nowhere else is a table offered: the catalog, the box
//! office and the lines do not know of them.

pub mod api;
pub mod consume;
mod draw;
pub mod floor;
pub mod line;
pub mod live;
pub mod page;
pub(crate) mod plan;
pub mod sheet;
pub(crate) mod store;

pub(crate) use consume::offer;
