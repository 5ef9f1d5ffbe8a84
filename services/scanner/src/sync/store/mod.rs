//! All SQL on manifests, on scans that phones decided, and on conflicts.

pub mod conflicts;
pub mod fullness;
pub mod manifest;
pub mod offline;
pub mod scanners;
