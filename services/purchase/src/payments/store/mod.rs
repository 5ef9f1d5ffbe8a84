//! The SQL of attempts, payments, Stripe's events and the quarantine.

mod attempts;
mod events;
mod payments;
mod quarantine;

pub(crate) use attempts::*;
pub(crate) use events::*;
pub(crate) use payments::*;
pub(crate) use quarantine::*;
