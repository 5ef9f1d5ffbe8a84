#![doc = include_str!("../README.md")]

mod answers;
pub mod letters;
mod operated;
pub mod overdue;
mod owner;
mod projections;
pub mod trail;
pub mod witness;

pub use answers::{Digest, DigestQuery, ResendBody, ResendRequest, digest, ours, resend, resend_recorded};
pub use operated::Operated;
pub use owner::{OwnerError, RemoteOwner};
pub use projections::{Projection, Projections, Reports};
