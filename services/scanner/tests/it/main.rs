//! The door over HTTP, on real PostgreSQL and NATS.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod batch;
mod conflicts;
mod devices;
mod check_in;
mod counter;
mod heal;
mod house;
mod limit;
mod look;
mod manifest;
mod map;
mod overrides;
mod page;
mod priority;
mod projections;
mod race;
mod reentry;
mod replay;
mod revoke;
mod search;
mod sessions;
mod undo;
mod verdicts;
