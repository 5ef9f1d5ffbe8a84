//! Parties that have a table: who is expected, who is arriving, who is here.
//!
//! The tickets of a party's order are its passes. A scan of one finds the party beside the ticket (`weigh_scans`, changed by
//! migrations/scanner/0020: for tickets whose type the night itself does not know, as it does not a table's, and for no other), and
//! its answer says whose it is and how many of them are in. The first who comes in checks the party in, in the transaction of their entry
//! (`check_parties_in`): one row, one message `reservation.checked_in`, whoever scans at that moment, and whatever becomes of that
//! entry afterwards.
//!
//! [`consume`] takes `reservation.changed` in, [`night`] is who is where, [`watch`] looks at it for those who watch, and [`stream`]
//! sends it to them as [`panel`] writes it.

pub mod api;
pub mod consume;
pub mod night;
pub mod page;
mod panel;
mod store;
pub mod stream;
mod watch;

pub use watch::Parties;

use web::can::{DoorSupervise, Either, ReservationsRun, Within};

/// Who looks after tables, or answers for the door, on any of their nights.
type Hosts = Within<Either<ReservationsRun, DoorSupervise>>;
