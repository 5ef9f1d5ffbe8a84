//! The parts, started for real.

mod environment;
mod gateway;
mod nats;
mod with_parts;
