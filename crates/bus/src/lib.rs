#![doc = include_str!("../README.md")]

mod checks;
mod client;
pub mod consumer;
pub mod dead_letters;
pub mod digest;
mod error;
mod metrics;
pub mod outbox;
mod pause;
pub mod relay;
mod schema;
mod settings;
pub mod streams;

pub use crate::checks::{Checks, Health};
pub use crate::client::Bus;
pub use crate::consumer::{Consumer, Delivery, HandleError, Outcome};
pub use crate::error::BusError;
pub use crate::settings::BusSettings;
