//! What makes the door whole again after NATS lost something: it compares what it holds with what the owners said, asks for
//! the difference, and gives others the same chance with its own scans.

pub mod api;
pub mod owner;
pub mod projections;
