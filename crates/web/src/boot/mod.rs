//! From the environment to a serving process, and back to nothing without losing a request.
//!
//! `main` of a service is one call to [`main`]; its tests call [`start`] with an [`App`] of their own.
//! Stopping goes in one order: readiness off, no new connections, running requests finish, background
//! tasks are told and awaited, the last traces are sent.

mod app;
mod health;
mod main;
mod serve;

pub use app::{App, Context};
pub use health::Check;
pub use main::{main, read_config};
pub use serve::{Running, start};
