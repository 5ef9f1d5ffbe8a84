//! All SQL of the door's word at the box office.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::house::House;

/// What the door said last of a night.
#[derive(Debug)]
pub(super) struct Word {
    pub event: Uuid,
    pub revision: i64,
    pub inside: i64,
    pub limit: Option<i64>,
    pub said_at: DateTime<Utc>,
}

/// Puts it in the place of an older one; `false` if what is held is as new. A door whose database was put back to an earlier time counts
/// its words anew: one that was said clearly later holds, whatever its number.
pub(super) async fn put_word(conn: &mut Conn, word: &Word) -> Result<bool, DbError> {
    let put = diesel::sql_query(
        "INSERT INTO door_houses AS held (event_id, revision, inside, limit_people, said_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (event_id) DO UPDATE SET revision = excluded.revision, inside = excluded.inside,
             limit_people = excluded.limit_people, said_at = excluded.said_at
         WHERE held.revision < excluded.revision OR held.said_at < excluded.said_at - interval '1 minute'",
    )
    .bind::<SqlUuid, _>(word.event)
    .bind::<BigInt, _>(word.revision)
    .bind::<BigInt, _>(word.inside)
    .bind::<Nullable<BigInt>, _>(word.limit)
    .bind::<Timestamptz, _>(word.said_at)
    .execute(conn)
    .await?;
    Ok(put > 0)
}

/// How full the house of a night is whose doors are open, where it has a limit and this was said after an instant.
pub(super) async fn house(
    conn: &mut Conn,
    event: Uuid,
    now: DateTime<Utc>,
    said_after: DateTime<Utc>,
) -> Result<Option<House>, DbError> {
    let found = diesel::sql_query(
        "SELECT d.inside, d.limit_people AS \"limit\" FROM door_houses d JOIN events e ON e.id = d.event_id
          WHERE d.event_id = $1 AND d.limit_people IS NOT NULL AND d.said_at > $3
            AND e.entry_from <= $2 AND e.ends_at > $2",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(said_after)
    .get_result(conn)
    .await;
    Ok(found.optional()?)
}
