#![doc = include_str!("../README.md")]

pub mod audit_log;
pub mod check_config;
pub mod codes;
pub mod database;
pub mod dead_letters;
pub mod erasures;
pub mod owner;
pub mod peers;
pub mod refunds;
pub mod replay;
pub mod seed;
pub mod settlement;
pub mod staff;
pub mod streams;

use audit::Actor;
use chrono::{DateTime, Utc};
use settings::Reader;
use uuid::Uuid;

/// Reads what a command needs from the environment; all that is missing is told at once.
pub fn read<T>(what: impl FnOnce(&mut Reader) -> T) -> anyhow::Result<T> {
    let mut reader = Reader::from_env();
    let config = what(&mut reader);
    reader.finish(config).map_err(|faults| anyhow::anyhow!("{faults}"))
}

/// Whoever runs this command, for the audit log; each run has an id of its own.
pub fn operator(reason: &str) -> Actor {
    Actor::named(peers::NAME, Uuid::now_v7()).because(reason)
}

/// The time.
pub fn now() -> DateTime<Utc> {
    #[expect(clippy::disallowed_methods, reason = "a command runs at the time it runs at")]
    Utc::now()
}
