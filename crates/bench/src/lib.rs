#![doc = include_str!("../README.md")]

pub mod club;
pub mod latency;
pub mod load;
pub mod machine;
pub mod memory;
pub mod nginx;
pub mod page;
pub mod pgbench;
pub mod processes;
pub mod psql;
pub mod report;
pub mod rush;
pub mod scan;
pub mod wait;
pub mod wire;
