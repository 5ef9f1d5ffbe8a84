//! How often somebody may do something within a span of time. Counted in this process: who is told "later" by one replica may be
//! heard by another, which is why nothing that must not happen depends on it. Not `governor`, which keeps a clock of its own: the door's is
//! passed in.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use web::Fault;

/// So many times within so long, for each on their own.
#[derive(Debug)]
pub struct Often<K> {
    most: usize,
    span: TimeDelta,
    times: Mutex<HashMap<K, Vec<DateTime<Utc>>>>,
}

impl<K: Eq + Hash> Often<K> {
    /// Nobody has done it yet.
    pub fn new(most: usize, span: TimeDelta) -> Self {
        Self { most, span, times: Mutex::new(HashMap::new()) }
    }

    /// Counts once; 429 `rate_limited` for once too often, which is not counted.
    pub fn count(&self, who: K, now: DateTime<Utc>) -> Result<(), Fault> {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.retain(|_, times| times.last().is_some_and(|last| *last > now - self.span));
        let mine = times.entry(who).or_default();
        mine.retain(|time| *time > now - self.span);
        if mine.len() >= self.most {
            let wait = mine.first().map_or(self.span, |first| *first + self.span - now);
            return Err(Fault::rate_limited(wait.to_std().unwrap_or(Duration::from_secs(60))));
        }
        mine.push(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_does_it_too_often_and_nobody_waits_for_another() {
        let often = Often::new(3, TimeDelta::minutes(5));
        let now = DateTime::UNIX_EPOCH;
        for _ in 0..3 {
            assert!(often.count("ana", now).is_ok());
        }
        assert_eq!(often.count("ana", now).expect_err("too often").code(), "rate_limited");
        assert!(often.count("ben", now).is_ok());
        assert!(often.count("ana", now + TimeDelta::minutes(5)).is_ok());
    }
}
