//! Whether phone and door speak of the same records. A database that was put back to an earlier time says by itself nothing of it;
//! but its number of contacts is one that phones have heard before. The first phone that tells a higher one makes the door's
//! records other ones (`house`), and whoever hears that sends again what it keeps.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// By more than this no door was asked since its backup: such a number was made up.
const MOST: i64 = 10_000_000;
/// Records are put back once, and not once a minute: who makes numbers up can't have all phones send again all the time.
const ONCE: TimeDelta = TimeDelta::minutes(10);

/// Where the door's records stand.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Mark {
    /// Which records they are.
    #[diesel(sql_type = SqlUuid)]
    pub house: Uuid,
    /// How often phones were heard.
    #[diesel(sql_type = BigInt)]
    pub mark: i64,
}

/// Counts a contact by a phone that was told `house` and `mark` before. Of records that it knows better than they do, others are made.
pub async fn count(
    conn: &mut Conn,
    house: Option<Uuid>,
    mark: Option<i64>,
    now: DateTime<Utc>,
) -> Result<Mark, DbError> {
    Ok(sql_query(
        "with known as (
             select house = $1 and $2 > mark and $2 - mark < $3 and changed_at < $4 as better from door_marks for update)
         update door_marks set
             house = case when known.better then gen_random_uuid() else house end,
             changed_at = case when known.better then $5 else changed_at end,
             mark = case when known.better then $2 else mark end + 1
          from known
         returning house, mark",
    )
    .bind::<Nullable<SqlUuid>, _>(house)
    .bind::<Nullable<BigInt>, _>(mark.filter(|mark| *mark >= 0))
    .bind::<BigInt, _>(MOST)
    .bind::<Timestamptz, _>(now - ONCE)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?)
}
