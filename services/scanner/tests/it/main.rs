//! The door over HTTP, on real PostgreSQL and NATS.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod bans;
mod batch;
mod check_in;
mod conflicts;
mod counter;
mod desk;
mod devices;
mod heal;
mod history;
mod house;
mod id_check;
mod incidents;
mod limit;
mod live;
mod look;
mod manifest;
mod map;
mod overrides;
mod page;
mod people;
mod photos;
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
mod zone_limit;
