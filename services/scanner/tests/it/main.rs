//! The door over HTTP, on real PostgreSQL and NATS.

mod heal;
mod house;
mod map;
mod page;
mod projections;
mod race;
mod replay;
mod sessions;
mod verdicts;
