//! Whether phone and door speak of the same records. A database that was put back to an earlier time says by itself nothing of it;
//! but its number of contacts is one that phones have heard before. The first phone that tells a higher one makes the door's
//! records other ones (`house`), and whoever hears that sends again what it keeps.

use db::{Conn, DbError};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Nullable, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// Above this a number was made up: no door is asked so often, and scripts count no further.
const MOST: i64 = 1 << 52;

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
pub async fn count(conn: &mut Conn, house: Option<Uuid>, mark: Option<i64>) -> Result<Mark, DbError> {
    Ok(sql_query(
        "update door_marks set
             house = case when house = $1 and mark < $2 then gen_random_uuid() else house end,
             mark = greatest(mark, case when house = $1 then $2 end) + 1
         returning house, mark",
    )
    .bind::<Nullable<SqlUuid>, _>(house)
    .bind::<Nullable<BigInt>, _>(mark.filter(|mark| (0..MOST).contains(mark)))
    .get_result(conn)
    .await?)
}
