//! The SQL of how many people were inside, and of what changed that and was no scan.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Ten minutes in which something changed.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct StepRow {
    /// When they began.
    #[diesel(sql_type = Timestamptz)]
    pub step: DateTime<Utc>,
    /// People who came.
    #[diesel(sql_type = BigInt)]
    pub came: i64,
    /// People who left.
    #[diesel(sql_type = BigInt)]
    pub went: i64,
    /// People inside at their end.
    #[diesel(sql_type = BigInt)]
    pub inside: i64,
    /// Most people at once after one of these changes.
    #[diesel(sql_type = BigInt)]
    pub most: i64,
    /// When that was first.
    #[diesel(sql_type = Timestamptz)]
    pub most_at: DateTime<Utc>,
}

/// What happened to the number inside, added up from the stays, the counts by hand and the undone scans. What lies outside of two instants
/// is counted at them. An entry that was undone brought somebody until it was; an exit that was undone left its stay as if it had not
/// been, so that both its ways are added here.
const STEPS: &str = "
    WITH change AS (
        SELECT admitted_at AS at, 1 AS by FROM entries WHERE event_id = $1
        UNION ALL SELECT left_at, -1 FROM entries WHERE event_id = $1 AND left_at IS NOT NULL
        UNION ALL SELECT at, by FROM counts WHERE event_id = $1
        UNION ALL SELECT at, inside FROM undos WHERE event_id = $1 AND inside <> 0
        UNION ALL SELECT CASE WHEN s.offline AND NOT s.time_suspect THEN coalesce(s.corrected_at, s.recorded_at) ELSE s.recorded_at END, -1
            FROM undos u JOIN scans s ON s.id = u.scan_id WHERE u.event_id = $1 AND u.inside = 1),
    moment AS (
        SELECT least(greatest(at, $2), $3) AS at, sum(by) AS by, sum(greatest(by, 0)) AS came, sum(greatest(-by, 0)) AS went
          FROM change GROUP BY 1),
    running AS (SELECT at, came, went, sum(by) OVER (ORDER BY at) AS inside FROM moment)
    SELECT to_timestamp(floor(extract(epoch FROM at) / 600) * 600) AS step, sum(came)::bigint AS came, sum(went)::bigint AS went,
           (array_agg(inside ORDER BY at DESC))[1]::bigint AS inside, max(inside)::bigint AS most,
           (array_agg(at ORDER BY inside DESC, at))[1] AS most_at
      FROM running GROUP BY 1 ORDER BY 1";

/// The ten minutes of a night in which something changed.
pub async fn steps(
    conn: &mut Conn,
    event: Uuid,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<StepRow>, DbError> {
    Ok(diesel::sql_query(STEPS)
        .bind::<SqlUuid, _>(event)
        .bind::<Timestamptz, _>(from)
        .bind::<Timestamptz, _>(until)
        .load(conn)
        .await?)
}

/// A limit that was set.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct LimitRow {
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// What stood before; none for no limit.
    #[diesel(sql_type = Nullable<Integer>)]
    pub before: Option<i32>,
    /// What stands from then on.
    #[diesel(sql_type = Nullable<Integer>)]
    pub after: Option<i32>,
}

/// The limits of a night, the first first.
pub async fn limits(conn: &mut Conn, event: Uuid) -> Result<Vec<LimitRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT at, (detail ->> 'before')::integer AS before, (detail ->> 'after')::integer AS after
           FROM audit_log WHERE target = $1 AND action = 'limit.set' ORDER BY at, id",
    )
    .bind::<Text, _>(event.to_string())
    .load(conn)
    .await?)
}

/// Something that changed the number inside, or how many may be, and was no scan.
#[derive(Debug, Clone, Serialize, QueryableByName, ToSchema)]
pub struct PeopleLogEntry {
    /// `count`, `undo` or `limit`.
    #[diesel(sql_type = Text)]
    #[schema(example = "count")]
    pub what: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// By how many people it changed the number inside; 0 of a limit.
    #[diesel(sql_type = Integer)]
    #[schema(example = 3)]
    pub by: i32,
    /// Why, as far as it was said.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// The gate's name, where it was at one.
    #[diesel(sql_type = Nullable<Text>)]
    pub gate_name: Option<String>,
    /// The phone's name, where it is enrolled.
    #[diesel(sql_type = Nullable<Text>)]
    pub device_name: Option<String>,
    /// Who did it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub staff: Option<Uuid>,
    /// Their name, where the door has heard it.
    #[diesel(sql_type = Nullable<Text>)]
    pub staff_name: Option<String>,
    /// The limit before; null for none, and of what is no limit.
    #[diesel(sql_type = Nullable<Integer>)]
    pub limit_before: Option<i32>,
    /// The limit from then on; null for none, and of what is no limit.
    #[diesel(sql_type = Nullable<Integer>)]
    pub limit_after: Option<i32>,
    /// How many such there are in the night.
    #[serde(skip)]
    #[diesel(sql_type = BigInt)]
    pub total: i64,
}

/// The newest of what happened, the newest first.
pub async fn log(conn: &mut Conn, event: Uuid, most: i64) -> Result<Vec<PeopleLogEntry>, DbError> {
    let text = format!(
        "WITH happened AS (
             SELECT c.id, 'count' AS what, c.at, c.by, c.reason, c.gate_id, c.device, c.staff_id,
                    NULL::integer AS limit_before, NULL::integer AS limit_after FROM counts c WHERE c.event_id = $1
             UNION ALL
             SELECT u.scan_id, 'undo', u.at, u.inside, u.reason, s.gate_id, u.device, u.staff_id, NULL, NULL
               FROM undos u LEFT JOIN scans s ON s.id = u.scan_id WHERE u.event_id = $1
             UNION ALL
             SELECT l.id, 'limit', l.at, 0, l.reason, NULL, NULL, l.staff_id, (l.detail ->> 'before')::integer,
                    (l.detail ->> 'after')::integer FROM audit_log l WHERE l.target = $2 AND l.action = 'limit.set'),
         found AS MATERIALIZED (SELECT *, count(*) OVER () AS total FROM happened ORDER BY at DESC, id DESC LIMIT $3), {}
         SELECT f.what, f.at, f.by, f.reason, g.name AS gate_name, d.name AS device_name, f.staff_id AS staff, n.name AS staff_name,
                f.limit_before, f.limit_after, f.total
           FROM found f LEFT JOIN gates g ON g.id = f.gate_id LEFT JOIN devices d ON d.id = f.device
           LEFT JOIN names n ON n.staff_id = f.staff_id ORDER BY f.at DESC, f.id DESC",
        super::scans::NAMES
    );
    Ok(diesel::sql_query(text)
        .bind::<SqlUuid, _>(event)
        .bind::<Text, _>(event.to_string())
        .bind::<BigInt, _>(most)
        .load(conn)
        .await?)
}
