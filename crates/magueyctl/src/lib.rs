#![doc = include_str!("../README.md")]

pub mod check_config;
pub mod database;
pub mod dead_letters;
pub mod peers;
pub mod replay;
pub mod seed;
pub mod staff;

use settings::Reader;

/// Reads what a command needs from the environment; all that is missing is told at once.
pub fn read<T>(what: impl FnOnce(&mut Reader) -> T) -> anyhow::Result<T> {
    let mut reader = Reader::from_env();
    let config = what(&mut reader);
    reader.finish(config).map_err(|faults| anyhow::anyhow!("{faults}"))
}
