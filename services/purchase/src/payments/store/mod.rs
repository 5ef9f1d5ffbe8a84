//! The SQL of attempts, payments, refunds, Stripe's events and the quarantine.

mod attempts;
mod events;
mod payments;
mod quarantine;
mod refunds;

pub(crate) use attempts::*;
pub(crate) use events::*;
pub(crate) use payments::*;
pub(crate) use quarantine::*;
pub(crate) use refunds::*;
