//! How full the house and its zones were when somebody came in without a network.

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
    /// The zone.
    pub zone: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// One who came in, one who left, or nobody.
    pub by: i32,
}

/// What has a limit of its own.
#[derive(QueryableByName)]
struct Limited {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Met {
    #[diesel(sql_type = BigInt)]
    place: i64,
}

/// Where people are counted, and by what.
struct Whole {
    /// Those of `$1` that have a limit.
    limited: &'static str,
    /// `(whole, at, by, place)`: who came and went in those of `$1`.
    moves: &'static str,
    /// `(whole, limit_people)`.
    limits: &'static str,
}

/// Entries, exits and counts of the whole night.
const NIGHT: Whole = Whole {
    limited: "SELECT event_id AS id FROM occupancy WHERE event_id = ANY($1) AND limit_people IS NOT NULL",
    moves: "SELECT event_id AS whole, admitted_at AS at, 1 AS by, NULL::bigint AS place FROM entries
             WHERE event_id = ANY($1) AND annulled_at IS NULL
            UNION ALL
            SELECT event_id, left_at, -1, NULL FROM entries
             WHERE event_id = ANY($1) AND annulled_at IS NULL AND left_at IS NOT NULL
            UNION ALL
            SELECT event_id, at, by, NULL FROM counts WHERE event_id = ANY($1)",
    limits: "SELECT event_id AS whole, limit_people FROM occupancy",
};

/// Those of one zone, and the counts at its gates. By the zone's night, for which there is an index.
const ZONE: Whole = Whole {
    limited: "SELECT zone_id AS id FROM zone_limits WHERE zone_id = ANY($1)",
    moves: "SELECT l.zone_id AS whole, e.admitted_at AS at, 1 AS by, NULL::bigint AS place
              FROM zone_limits l JOIN entries e ON e.event_id = l.event_id AND e.zone_id = l.zone_id
             WHERE l.zone_id = ANY($1) AND e.annulled_at IS NULL
            UNION ALL
            SELECT l.zone_id, e.left_at, -1, NULL
              FROM zone_limits l JOIN entries e ON e.event_id = l.event_id AND e.zone_id = l.zone_id
             WHERE l.zone_id = ANY($1) AND e.annulled_at IS NULL AND e.left_at IS NOT NULL
            UNION ALL
            SELECT g.zone_id, c.at, c.by, NULL FROM gates g JOIN counts c ON c.event_id = g.event_id AND c.gate_id = g.id
             WHERE g.zone_id = ANY($1)",
    limits: "SELECT zone_id AS whole, limit_people FROM zone_limits",
};

impl Whole {
    /// Which of what was brought (`$2` to `$4`) met a limit.
    fn met(&self) -> String {
        let Self { moves, limits, .. } = self;
        format!(
            "WITH moves AS ({moves}
                 UNION ALL
                 SELECT whole, at, by, place FROM unnest($2, $3, $4) WITH ORDINALITY AS brought (whole, at, by, place)
                  WHERE whole = ANY($1)),
             walked AS (
                 SELECT whole, by, place, coalesce(sum(by) OVER (PARTITION BY whole ORDER BY at, place NULLS FIRST
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS inside FROM moves)
             SELECT w.place FROM walked w JOIN ({limits}) AS l ON l.whole = w.whole
              WHERE w.place IS NOT NULL AND w.by > 0 AND w.inside >= l.limit_people"
        )
    }
}

/// Which of these, by their places, met a full house or a full zone, as far as is known by now: the entries, exits and counts are walked
/// through by their time, these among them. Where there is no limit that costs two looks.
pub async fn met_full(conn: &mut Conn, moves: &[Move]) -> Result<HashSet<usize>, DbError> {
    let nights: Vec<Uuid> = moves.iter().map(|one| one.event).collect();
    let zones: Vec<Uuid> = moves.iter().map(|one| one.zone).collect();
    let mut met = met(conn, &NIGHT, &nights, moves).await?;
    met.extend(self::met(conn, &ZONE, &zones, moves).await?);
    Ok(met)
}

/// The same of one kind; `wholes` says of each move where it is counted.
async fn met(
    conn: &mut Conn,
    kind: &Whole,
    wholes: &[Uuid],
    moves: &[Move],
) -> Result<HashSet<usize>, DbError> {
    let entered: Vec<Uuid> =
        moves.iter().zip(wholes).filter(|(one, _)| one.by > 0).map(|(_, whole)| *whole).collect();
    if entered.is_empty() {
        return Ok(HashSet::new());
    }
    let limited: Vec<Limited> =
        sql_query(kind.limited).bind::<Array<sql_types::Uuid>, _>(&entered).load(conn).await?;
    if limited.is_empty() {
        return Ok(HashSet::new());
    }
    let limited: Vec<Uuid> = limited.iter().map(|whole| whole.id).collect();
    let times: Vec<DateTime<Utc>> = moves.iter().map(|one| one.at).collect();
    let by: Vec<i32> = moves.iter().map(|one| one.by).collect();
    let met: Vec<Met> = sql_query(kind.met())
        .bind::<Array<sql_types::Uuid>, _>(&limited)
        .bind::<Array<sql_types::Uuid>, _>(wholes)
        .bind::<Array<Timestamptz>, _>(&times)
        .bind::<Array<Integer>, _>(&by)
        .load(conn)
        .await?;
    // SQL counts from one.
    Ok(met.iter().filter_map(|met| usize::try_from(met.place - 1).ok()).collect())
}
