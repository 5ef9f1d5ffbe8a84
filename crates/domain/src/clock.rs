//! The time as an argument.

use chrono::{DateTime, TimeDelta, Utc};
use std::{
    fmt::Debug,
    sync::{Arc, Mutex, PoisonError},
};

/// Tells what time it is.
pub trait Clock: Send + Sync + Debug {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// A clock that services and tests hand around.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock: the one place that reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everyone else is handed")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that stands until it is moved.
#[derive(Debug)]
pub struct FixedClock(Mutex<DateTime<Utc>>);

impl FixedClock {
    /// A clock that shows `instant`.
    pub fn at(instant: DateTime<Utc>) -> Self {
        Self(Mutex::new(instant))
    }
    /// Moves the clock by `by`, forwards or backwards.
    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
    /// Sets the clock to `instant`.
    pub fn set(&self, instant: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = instant;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
