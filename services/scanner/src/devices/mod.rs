//! The phones of the door. A supervisor invites one ([`invite`]): a QR code, or twelve letters to type, good once and for ten
//! minutes. The phone that shows it is enrolled ([`enrol`]) and holds a secret in a cookie that no script reads; the database
//! has its hash alone. It has a name, a gate, somebody who holds it ([`hands`]), and tells how it is ([`contact`]).
//!
//! The secret signs nobody in and forges nothing: who scans is known by their session, as on any phone. What an enrolled phone
//! gives is its name on each scan ([`caller()`]), signing in by PIN ([`pins`]), and being taken off at once ([`revoke`]): with it
//! goes every session that was opened on it. That counts in the process that took it in and within seconds in its siblings
//! ([`known`]); a scan finds its ended session in its own statement.

pub mod answer;
pub mod caller;
pub mod contact;
pub mod enrol;
pub mod form;
pub mod hands;
pub mod invite;
pub mod known;
pub mod list;
pub mod page;
pub mod pins;
pub mod revoke;
pub mod secret;
pub mod store;
pub mod tries;
mod views;

pub use caller::{Caller, caller, phone};
pub use known::{Device, Devices};
pub use views::own::PhoneView;

/// What was changed counts here at once. If it cannot be read now, it is within seconds: the change itself is done.
async fn known_here(door: &crate::Door) {
    if let Err(error) = door.devices.read_now().await {
        tracing::warn!(%error, "the list of phones could not be read");
    }
}
