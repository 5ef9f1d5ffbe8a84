//! The time as an argument.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use std::{
    fmt::Debug,
    sync::{Arc, Mutex, PoisonError},
};

/// Tells what time it is.
pub trait Clock: Send + Sync + Debug {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// Years of which a club could ask or tell anything.
const YEARS: std::ops::Range<i32> = 1970..2200;

/// Whether somebody could mean this instant. What is further away is a slip, or a try: databases, and clocks of other zones, can
/// not count so far.
pub fn is_plausible(at: DateTime<Utc>) -> bool {
    YEARS.contains(&at.year())
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

#[cfg(test)]
mod tests {
    use super::is_plausible;
    use chrono::{DateTime, Utc};

    #[test]
    fn what_no_club_could_mean_is_told() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
        for fair in ["1970-01-01T00:00:00Z", "2026-11-27T23:30:00Z", "2199-12-31T23:59:59Z"] {
            assert!(is_plausible(at(fair)), "{fair}");
        }
        for odd in
            ["1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "-4800-01-01T00:00:00Z"]
        {
            assert!(!is_plausible(at(odd)), "{odd}");
        }
        assert!(!is_plausible(DateTime::<Utc>::MAX_UTC) && !is_plausible(DateTime::<Utc>::MIN_UTC));
    }
}
