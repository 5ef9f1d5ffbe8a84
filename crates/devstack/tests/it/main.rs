//! The parts, started for real.

mod environment;
mod gateway;
mod limits;
mod nats;
mod rights;
mod with_parts;
