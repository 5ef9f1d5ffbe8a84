//! Refusals that are remembered here: who was told to wait and does not is refused again without a word to the database, whatever the
//! number of tries. A refused try uses nothing up, so the database would say the same.

use std::time::Duration;

use chrono::{DateTime, Utc};
use moka::sync::Cache;

/// As many are remembered; of more the oldest is asked again.
const MOST: u64 = 100_000;
/// No wait is longer ([`super::Limit::rates`]).
const LONGEST: Duration = Duration::from_secs(3600);

/// Until when whom. Clones share it.
#[derive(Debug, Clone)]
pub struct Refusals(Cache<Vec<u8>, DateTime<Utc>>);

impl Default for Refusals {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(LONGEST).build())
    }
}

impl Refusals {
    /// How long this one still has to wait.
    pub(super) fn wait(&self, key: &[u8], now: DateTime<Utc>) -> Option<Duration> {
        let until = self.0.get(key)?;
        let left = (until - now).to_std().ok().filter(|left| !left.is_zero())?;
        // Whole seconds, rounded up, as at first.
        Some(Duration::from_secs(left.as_secs() + u64::from(left.subsec_nanos() > 0)))
    }

    pub(super) fn note(&self, key: Vec<u8>, wait: Duration, now: DateTime<Utc>) {
        self.0.insert(key, now + wait);
    }
}
