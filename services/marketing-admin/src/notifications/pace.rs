//! How fast emails leave: one allowance for all replicas, kept in one row.
//!
//! The row holds the instant at which the allowance is whole again. Each email moves it on by one interval; as long as it
//! lies no further ahead than a second's worth, another may go. A 429 moves it past the provider's reset.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};

use crate::notifications::store::pace as store;

/// Emails per second, and as many in a burst.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    per_second: u32,
}

impl Pace {
    /// A pace; at least one email per second.
    pub fn new(per_second: u32) -> Self {
        Self { per_second: per_second.clamp(1, 1000) }
    }

    fn times(self, count: i64) -> TimeDelta {
        TimeDelta::microseconds(1_000_000 * count / i64::from(self.per_second))
    }

    /// How many may go now, when the allowance is whole again at `whole_at`.
    fn free(self, whole_at: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
        let used = (whole_at - now).max(TimeDelta::zero());
        let left = TimeDelta::seconds(1) - used;
        let micros = left.num_microseconds().unwrap_or(0).max(0);
        micros * i64::from(self.per_second) / 1_000_000
    }

    /// Locks the allowance until the transaction ends; how many may go.
    pub async fn look(self, conn: &mut Conn, now: DateTime<Utc>) -> Result<i64, DbError> {
        Ok(self.free(store::lock(conn).await?, now))
    }

    /// Takes `count` from the allowance.
    pub async fn take(self, conn: &mut Conn, count: usize, now: DateTime<Utc>) -> Result<(), DbError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        store::move_on(conn, now, now + self.times(count)).await
    }

    /// Lets nothing go before `until`.
    pub async fn hold(self, conn: &mut Conn, until: DateTime<Utc>) -> Result<(), DbError> {
        store::not_before(conn, until + TimeDelta::seconds(1)).await
    }

    /// How long until at least one may go.
    pub async fn wait(self, conn: &mut Conn, now: DateTime<Utc>) -> Result<TimeDelta, DbError> {
        let whole_at = store::whole_at(conn).await?;
        let one = TimeDelta::seconds(1) - self.times(1);
        Ok((whole_at - now - one).max(TimeDelta::zero()))
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use chrono::{DateTime, TimeDelta, Utc};

    #[test]
    fn a_second_holds_a_seconds_worth() {
        let (pace, now) = (Pace::new(5), DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000));
        assert_eq!(pace.free(now - TimeDelta::hours(1), now), 5);
        assert_eq!(pace.free(now + pace.times(3), now), 2);
        assert_eq!(pace.free(now + pace.times(5), now), 0);
        assert_eq!(pace.free(now + TimeDelta::minutes(1), now), 0);
    }
}
