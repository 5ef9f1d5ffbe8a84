//! What was found missing, and when to ask for it: not while it is merely on its way, and not again and again.

use db::{Conn, Db, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Int8, Text};
use diesel_async::RunQueryDsl;

use super::Entry;

#[derive(QueryableByName)]
struct Turn {
    #[diesel(sql_type = Bool)]
    mine: bool,
}

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = Text)]
    aggregate: String,
}

/// Notes what is missing now, forgets what has arrived, and returns what to ask for: what the same revision of which has been
/// missing for 45 s (two rounds), unless it is dead here. It counts as asked for from now on, and again after 1, 2, 4 …
/// minutes, at most an hour: another replica, or a request that fails, does not ask again before.
///
/// Nothing if another replica is at it. By PostgreSQL's clock, which replicas share.
pub(super) async fn due(db: &Db, subject: &str, missing: &[Entry]) -> Result<Vec<String>, DbError> {
    let aggregates: Vec<&str> = missing.iter().map(|entry| entry.aggregate.as_str()).collect();
    let revisions: Vec<i64> = missing.iter().map(|entry| entry.revision).collect();
    let (aggregates, revisions) = (&aggregates, &revisions);
    db.transaction(async |conn: &mut Conn| {
        // The lock ends with this transaction, so that no replica can die or be dropped with it.
        let turn: Turn = diesel::sql_query(
            "SELECT pg_try_advisory_xact_lock(hashtext(current_schema() || ' reconcile ' || $1)) AS mine",
        )
        .bind::<Text, _>(subject)
        .get_result(conn)
        .await?;
        if !turn.mine {
            return Ok(Vec::new());
        }
        note(conn, subject, aggregates, revisions).await?;
        if aggregates.is_empty() {
            return Ok(Vec::new());
        }
        Ok::<_, DbError>(take(conn, subject).await?.into_iter().map(|due| due.aggregate).collect())
    })
    .await
}

async fn note(conn: &mut Conn, subject: &str, aggregates: &[&str], revisions: &[i64]) -> QueryResult<usize> {
    diesel::sql_query(
        "WITH arrived AS (
             DELETE FROM missing WHERE subject = $1 AND NOT EXISTS (
                 SELECT FROM unnest($2) AS still (aggregate) WHERE still.aggregate = missing.aggregate))
         INSERT INTO missing AS known (subject, aggregate, revision, ask_at)
         SELECT $1, aggregate, revision, clock_timestamp() + interval '45 s'
           FROM unnest($2, $3) AS lacks (aggregate, revision) ORDER BY aggregate
         ON CONFLICT (subject, aggregate) DO UPDATE
            SET revision = excluded.revision, asked = 0, ask_at = excluded.ask_at
          WHERE known.revision <> excluded.revision",
    )
    .bind::<Text, _>(subject)
    .bind::<Array<Text>, _>(aggregates)
    .bind::<Array<Int8>, _>(revisions)
    .execute(conn)
    .await
}

/// By their name, letters of the durable that keeps the projection: another that reads the same subject has its own troubles.
async fn take(conn: &mut Conn, subject: &str) -> QueryResult<Vec<Due>> {
    diesel::sql_query(
        "UPDATE missing SET asked = asked + 1,
                ask_at = clock_timestamp() + least(interval '1 min' * 2 ^ least(asked, 10), interval '1 h')
          WHERE subject = $1 AND ask_at <= clock_timestamp() AND NOT EXISTS (
                SELECT FROM dead_letters AS dead
                 WHERE dead.durable = current_schema() || '_' || replace($1, '.', '_')
                   AND dead.aggregate = missing.aggregate AND dead.replayed_at IS NULL)
         RETURNING aggregate",
    )
    .bind::<Text, _>(subject)
    .load(conn)
    .await
}
