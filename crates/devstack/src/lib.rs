#![doc = include_str!("../README.md")]

pub mod environment;
mod error;
pub mod gateway;
pub mod keys;
mod nats;
pub mod operator;
pub mod part;
pub mod parts;
pub mod ports;
pub mod postgres;
pub mod proxy;
mod ready;
pub mod render;
pub mod root;
pub mod secret;
mod service;
mod soak;
mod stack;
pub mod staff;
pub mod up;
pub mod with_parts;

pub use error::{Error, Result};
pub use keys::TICKET_KEY;
pub use nats::Nats;
pub use service::{Addresses, Listens, Service};
pub use soak::soak;
pub use stack::{Stack, StackOptions, Urls};
pub use staff::{Credentials, StaffRole};
