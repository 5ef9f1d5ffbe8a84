#![doc = include_str!("../README.md")]

pub mod assets;
mod error_page;
pub mod format;
pub mod poster;
pub mod qr;
mod shell;
mod text;

pub use error_page::{ErrorPage, ErrorWords, error_page, error_words};
pub use shell::{Links, NavItem, Person, Shell, Site};
pub use text::{Argument, Told, Value, text, try_text};
