//! SQL of allowances: one statement takes a try and says whether it was allowed.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError, Keep};
use diesel::sql_types::{Binary, Bool, Double, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Allowance;

/// What a try is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is allowed, and counted.
    Go,
    /// It is not; the next one is after this long, in whole seconds.
    Wait(Duration),
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Bool)]
    allowed: bool,
    #[diesel(sql_type = Timestamptz)]
    whole_at: DateTime<Utc>,
}

/// Takes one try, if it fits (GCRA). The row's lock puts tries on all replicas in a line; one that is refused uses nothing up.
pub async fn take(
    conn: &mut Conn,
    key: &[u8],
    allowance: Allowance,
    now: DateTime<Utc>,
) -> Result<Answer, DbError> {
    let every = f64::from(allowance.every);
    let most = every * f64::from(allowance.burst);
    let row: Row = diesel::sql_query(
        "INSERT INTO allowances AS held (key, whole_at, allowed)
         VALUES ($1, $2 + make_interval(secs => $3), true)
         ON CONFLICT (key) DO UPDATE SET
           allowed = greatest(held.whole_at, $2) + make_interval(secs => $3) <= $2 + make_interval(secs => $4),
           whole_at = CASE
             WHEN greatest(held.whole_at, $2) + make_interval(secs => $3) <= $2 + make_interval(secs => $4)
             THEN greatest(held.whole_at, $2) + make_interval(secs => $3) ELSE held.whole_at END
         RETURNING allowed, whole_at",
    )
    .bind::<Binary, _>(key)
    .bind::<Timestamptz, _>(now)
    .bind::<Double, _>(every)
    .bind::<Double, _>(most)
    .kept()
    .get_result(conn)
    .await?;
    Ok(if row.allowed { Answer::Go } else { Answer::Wait(wait(row.whole_at, allowance, now)) })
}

/// Gives back a try that was taken and proved right.
pub async fn give_back(conn: &mut Conn, key: &[u8], allowance: Allowance) -> Result<(), DbError> {
    diesel::sql_query("UPDATE allowances SET whole_at = whole_at - make_interval(secs => $2) WHERE key = $1")
        .bind::<Binary, _>(key)
        .bind::<Double, _>(f64::from(allowance.every))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Until one more fits, rounded up: who waits so long is not refused again.
fn wait(whole_at: DateTime<Utc>, allowance: Allowance, now: DateTime<Utc>) -> Duration {
    let every = i64::from(allowance.every);
    let fits_at =
        whole_at + TimeDelta::seconds(every) - TimeDelta::seconds(every * i64::from(allowance.burst));
    let left = (fits_at - now).num_milliseconds().max(1);
    Duration::from_secs(u64::try_from((left + 999) / 1000).unwrap_or(1))
}

/// Forgets what is whole again; gives how many.
pub async fn clear(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::sql_query("DELETE FROM allowances WHERE whole_at < $1")
        .bind::<Timestamptz, _>(now)
        .kept()
        .execute(conn)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::{Allowance, wait};
    use chrono::{DateTime, TimeDelta};
    use std::time::Duration;

    #[test]
    fn the_wait_is_for_one_more_and_rounded_up() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let allowance = Allowance { burst: 3, every: 60 };
        assert_eq!(wait(now + TimeDelta::seconds(180), allowance, now), Duration::from_secs(60));
        let later = now + TimeDelta::milliseconds(500);
        assert_eq!(wait(now + TimeDelta::seconds(180), allowance, later), Duration::from_secs(60));
        let later = now + TimeDelta::milliseconds(59_001);
        assert_eq!(wait(now + TimeDelta::seconds(180), allowance, later), Duration::from_secs(1));
    }
}
