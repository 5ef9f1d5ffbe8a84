#![doc = include_str!("../README.md")]

mod answers;
mod owner;
mod projections;

pub use answers::{Digest, DigestQuery, ResendBody, ResendRequest, digest, ours, resend, resend_recorded};
pub use owner::{OwnerError, RemoteOwner};
pub use projections::{Projection, Projections, Reports};
