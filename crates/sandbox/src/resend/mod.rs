//! Resend: takes emails, answers as Resend does, delivers into the [`crate::mailbox`].

pub mod errors;
pub mod mail;
mod parse;
mod serve;

pub use serve::{batch, retrieve, send};
