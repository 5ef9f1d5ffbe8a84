#![doc = include_str!("../README.md")]

mod json_log;
mod metrics;
pub mod propagation;
mod settings;
mod start;

pub use metrics::{meter, metrics_text};
pub use settings::TelemetrySettings;
pub use start::{Telemetry, start};
