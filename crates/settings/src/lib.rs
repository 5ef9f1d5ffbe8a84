#![doc = include_str!("../README.md")]

pub mod crash;
mod environment;
pub mod example;
mod reader;
mod secret;
mod value;

pub use environment::Environment;
pub use reader::{Declared, Faults, Reader};
pub use secret::Secret;
pub use value::{EmailAddress, List, Value};
