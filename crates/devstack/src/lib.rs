#![doc = include_str!("../README.md")]

mod error;
pub mod part;
pub mod ports;
pub mod postgres;
pub mod root;
pub mod secret;
pub mod with_parts;

pub use error::{Error, Result};
