//! The door over HTTP, on real PostgreSQL and NATS.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod heal;
mod house;
mod limit;
mod look;
mod map;
mod overrides;
mod page;
mod priority;
mod projections;
mod race;
mod reentry;
mod replay;
mod revoke;
mod sessions;
mod verdicts;
