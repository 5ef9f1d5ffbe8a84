//! How full the house was when somebody came in without a network.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{self, Array, BigInt, Integer, Timestamptz},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// Somebody whom a phone let through: into which night, when, and by how many that changes the people inside.
#[derive(Debug, Clone, Copy)]
pub struct Move {
    /// The night.
    pub event: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// One who came in, one who left, or nobody.
    pub by: i32,
}

#[derive(QueryableByName)]
struct Limited {
    #[diesel(sql_type = sql_types::Uuid)]
    event_id: Uuid,
}

#[derive(QueryableByName)]
struct Met {
    #[diesel(sql_type = BigInt)]
    place: i64,
}

/// Which of these, by their places, met a full house, as far as is known by now: the entries, exits and counts of the night are walked
/// through by their time, these among them. Nights without a limit cost one look.
pub async fn met_full(conn: &mut Conn, moves: &[Move]) -> Result<HashSet<usize>, DbError> {
    let nights: Vec<Uuid> = moves.iter().filter(|one| one.by > 0).map(|one| one.event).collect();
    if nights.is_empty() {
        return Ok(HashSet::new());
    }
    let limited: Vec<Limited> =
        sql_query("SELECT event_id FROM occupancy WHERE event_id = ANY($1) AND limit_people IS NOT NULL")
            .bind::<Array<sql_types::Uuid>, _>(&nights)
            .load(conn)
            .await?;
    if limited.is_empty() {
        return Ok(HashSet::new());
    }
    let limited: Vec<Uuid> = limited.iter().map(|night| night.event_id).collect();
    let events: Vec<Uuid> = moves.iter().map(|one| one.event).collect();
    let times: Vec<DateTime<Utc>> = moves.iter().map(|one| one.at).collect();
    let by: Vec<i32> = moves.iter().map(|one| one.by).collect();
    let met: Vec<Met> = sql_query(
        "WITH moves AS (
             SELECT event_id AS event, admitted_at AS at, 1 AS by, NULL::bigint AS place FROM entries
              WHERE event_id = ANY($1) AND annulled_at IS NULL
             UNION ALL
             SELECT event_id, left_at, -1, NULL FROM entries
              WHERE event_id = ANY($1) AND annulled_at IS NULL AND left_at IS NOT NULL
             UNION ALL
             SELECT event_id, at, by, NULL FROM counts WHERE event_id = ANY($1)
             UNION ALL
             SELECT event, at, by, place FROM unnest($2, $3, $4) WITH ORDINALITY AS brought (event, at, by, place)
              WHERE event = ANY($1)),
         walked AS (
             SELECT event, by, place, coalesce(sum(by) OVER (PARTITION BY event ORDER BY at, place NULLS FIRST
                 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS inside FROM moves)
         SELECT w.place FROM walked w JOIN occupancy o ON o.event_id = w.event
          WHERE w.place IS NOT NULL AND w.by > 0 AND w.inside >= o.limit_people",
    )
    .bind::<Array<sql_types::Uuid>, _>(&limited)
    .bind::<Array<sql_types::Uuid>, _>(&events)
    .bind::<Array<Timestamptz>, _>(&times)
    .bind::<Array<Integer>, _>(&by)
    .load(conn)
    .await?;
    // SQL counts from one.
    Ok(met.iter().filter_map(|met| usize::try_from(met.place - 1).ok()).collect())
}
