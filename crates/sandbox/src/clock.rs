//! The sandbox's time: the machine's, moved forward or back by a test.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Unix seconds, with an offset that `POST /control/clock` sets.
#[derive(Debug, Default)]
pub struct Clock {
    offset: AtomicI64,
}

impl Clock {
    /// Now, as the sandbox sees it: what objects are created and expire by.
    pub fn now(&self) -> i64 {
        wall() + self.offset.load(Ordering::Relaxed)
    }

    /// Moves the sandbox's time relative to the machine's.
    pub fn set_offset(&self, seconds: i64) {
        self.offset.store(seconds, Ordering::Relaxed);
    }

    /// How far the sandbox's time is from the machine's.
    pub fn offset(&self) -> i64 {
        self.offset.load(Ordering::Relaxed)
    }
}

/// The machine's time. Signatures use it: who verifies them has no other.
pub fn wall() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

/// Seconds since 1970 as RFC 3339, for people and for Resend.
pub fn rfc3339(seconds: i64) -> String {
    chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default().to_rfc3339()
}
