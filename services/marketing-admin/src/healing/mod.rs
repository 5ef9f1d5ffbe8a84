//! What makes the desk whole again after NATS lost something: it compares what it holds with what the owners said, asks for
//! the difference, and gives others the same chance with its own events.

pub mod api;
pub mod owner;
pub mod projections;
