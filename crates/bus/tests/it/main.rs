//! The bus on real parts: PostgreSQL, and a nats-server that is killed, emptied and rolled back.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod anti_entropy;
mod batches;
mod faults;
mod nats;
mod poison;
mod rights;
mod running;
mod stage;
mod travel;
