#![doc = include_str!("../README.md")]

pub mod assets;
mod error_page;
pub mod format;
pub mod poster;
pub mod qr;
mod shell;
mod text;

pub use error_page::{ErrorPage, error_page};
pub use shell::{Links, NavItem, Person, Shell, Site};
pub use text::{Argument, Value, text, try_text};
