//! What supervisors see of every gate while the night runs, and what the owner is told of it.
//!
//! [`store`] reads: the house, its gates, devices and conflicts as they are, and of the scans those of the last minutes; [`tally`]
//! adds the older ones up once. [`snapshot`] puts a reading together, [`watch`] makes it once a second for each night that
//! somebody looks at, however many look, and [`stream`] sends it to each of them as [`panel`] writes it. [`told`] says the
//! part that the owner's dashboard needs as `door.changed`.

pub mod api;
pub mod page;
mod panel;
pub mod snapshot;
mod store;
pub mod stream;
mod tally;
pub mod told;
mod watch;

pub use watch::Live;
