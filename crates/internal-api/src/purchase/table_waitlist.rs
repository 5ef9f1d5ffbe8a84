//! Who waits for a table of a night.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The parties that wait.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TableLine {
    /// By size, the smallest first.
    pub sizes: Vec<PartySize>,
    /// How many of them have been told of a table, and wait on.
    pub told: i64,
    /// Since when the first of them waits.
    pub since: Option<DateTime<Utc>>,
}

/// So many parties of one size.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PartySize {
    /// People, the guest included.
    pub party: i64,
    /// How many such parties.
    pub parties: i64,
}
