//! What phones need to decide without the network, and what they bring when it is back.
//!
//! - [`manifest`]: every ticket of a night, signed, whole or what changed since; a phone that has it needs nobody for a verdict.
//! - [`batch`]: the scans that phones decided. Each is a record of its own and is answered on its own: one that cannot be read
//!   holds up none of the others. [`offline`] writes a chunk of them in one transaction.
//! - [`conflicts`]: two guests with one ticket, or one with a ticket that had gone bad. Nobody can prevent either without a network;
//!   everybody who answers for the door hears of it as soon as the phones have reported.
//!
//! What the phones brought is the same in the end in whatever order, and cut into whatever batches, it arrived: an entry's id is made
//! from its device, nonce and time, and `settle_entries` (migrations/scanner/0006_sync) makes the stays of a ticket from all of its entries
//! and exits, by their time.

pub mod batch;
mod check_ins;
pub mod conflicts;
pub mod id_checks;
mod judge;
pub mod manifest;
pub mod offline;
mod reading;
mod scanners;
pub mod signer;
pub mod store;
mod times;
mod undone;
mod write;

pub use signer::ManifestSigner;
