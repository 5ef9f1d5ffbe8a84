//! What waits in a link until its address is proven.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use web::Fault;

/// An account to be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Waiting {
    /// The name.
    pub name: String,
    /// Code of the language it was asked for in.
    pub language: String,
    /// Whether the club may write about coming nights.
    pub marketing: bool,
    /// The password's hash: good in the browser that chose it.
    pub password_hash: String,
    /// SHA-256 of that browser's secret.
    pub browser: String,
    /// Where to go afterwards.
    pub next: String,
}

impl Waiting {
    /// As it is kept.
    pub fn kept(&self) -> Result<Value, Fault> {
        serde_json::to_value(self).map_err(Fault::internal)
    }

    /// What was kept.
    pub fn of(kept: Value) -> Result<Self, Fault> {
        serde_json::from_value(kept).map_err(Fault::internal)
    }
}
