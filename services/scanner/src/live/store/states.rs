//! SQL of `door_states`: what was said last of each night's door.

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::{OptionalExtension, QueryableByName, sql_types as sql};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{EARLY, SILENT};

/// How a night's door stands. No limit is 0, as in the message.
#[derive(Debug, QueryableByName)]
pub(in crate::live) struct State {
    #[diesel(sql_type = sql::BigInt)]
    pub(in crate::live) revision: i64,
    #[diesel(sql_type = sql::BigInt)]
    pub(in crate::live) inside: i64,
    #[diesel(sql_type = sql::BigInt)]
    pub(in crate::live) inside_revision: i64,
    #[diesel(sql_type = sql::BigInt)]
    pub(in crate::live) limit_people: i64,
    #[diesel(sql_type = sql::BigInt)]
    pub(in crate::live) conflicts_open: i64,
    #[diesel(sql_type = sql::BigInt)]
    pub(in crate::live) devices_seen: i64,
    #[diesel(sql_type = sql::BigInt)]
    pub(in crate::live) devices_silent: i64,
    #[diesel(sql_type = sql::BigInt)]
    pub(in crate::live) queue_length: i64,
    /// Its zones with a limit: `[{zone, name, inside, limit}]`.
    #[diesel(sql_type = sql::Jsonb)]
    pub(in crate::live) zones: serde_json::Value,
}

/// The door as it is, put in the place of what was said last where it differs. A night of which there never was anything to
/// say gets no row.
const PUT: &str = "WITH told AS (
    INSERT INTO door_states AS told (event_id, revision, inside, inside_revision, limit_people, conflicts_open,
                                     devices_seen, devices_silent, queue_length, changed_at, zones, alarms)
    SELECT e.id, 1, coalesce(o.inside, 0), coalesce(o.revision, 0), o.limit_people, c.open, d.seen, d.silent, d.queued, $2,
           z.zones, warn_level(coalesce(o.inside, 0), o.limit_people) || z.alarms
      FROM events e LEFT JOIN occupancy o ON o.event_id = e.id
     CROSS JOIN LATERAL (SELECT count(*)::int AS open FROM conflicts
                          WHERE conflicts.event_id = e.id
                            AND NOT EXISTS (SELECT FROM conflict_notes n WHERE n.scan_id = conflicts.scan_id)) c
     CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE x.last_seen_at > $3)::int AS seen,
                                count(*) FILTER (WHERE x.last_seen_at <= $3 AND $2 < e.ends_at)::int AS silent,
                                coalesce(sum(x.queue_length), 0)::bigint AS queued
                           FROM devices x
                          WHERE x.revoked_at IS NULL AND x.last_seen_at > e.entry_from - make_interval(secs => $4)) d
     CROSS JOIN LATERAL (SELECT coalesce(jsonb_agg(jsonb_build_object('zone', l.zone_id, 'name', n.name, 'inside', l.inside,
                                                        'limit', l.limit_people) ORDER BY n.name, l.zone_id), '[]') AS zones,
                                coalesce(string_agg(' ' || l.zone_id || ' ' || warn_level(l.inside, l.limit_people), ''
                                                    ORDER BY l.zone_id), '') AS alarms
                           FROM zone_limits l JOIN zones n ON n.id = l.zone_id WHERE l.event_id = e.id) z
     WHERE e.id = $1 AND ($5 OR o.limit_people IS NOT NULL OR c.open > 0 OR d.seen > 0 OR d.silent > 0 OR d.queued > 0
                          OR EXISTS (SELECT FROM door_states s WHERE s.event_id = e.id))
    ON CONFLICT (event_id) DO UPDATE SET
        revision = told.revision + 1, inside = excluded.inside, inside_revision = excluded.inside_revision,
        limit_people = excluded.limit_people, conflicts_open = excluded.conflicts_open,
        devices_seen = excluded.devices_seen, devices_silent = excluded.devices_silent,
        queue_length = excluded.queue_length, changed_at = excluded.changed_at,
        zones = excluded.zones, alarms = excluded.alarms
    WHERE $6 OR (told.limit_people, told.conflicts_open, told.devices_seen, told.devices_silent, told.queue_length, told.alarms)
          IS DISTINCT FROM (excluded.limit_people, excluded.conflicts_open, excluded.devices_seen,
                            excluded.devices_silent, excluded.queue_length, excluded.alarms)
       OR $5 AND (told.inside, told.inside_revision, told.zones)
                 IS DISTINCT FROM (excluded.inside, excluded.inside_revision, excluded.zones)
    RETURNING *)
  SELECT revision, inside, inside_revision, coalesce(limit_people, 0)::bigint AS limit_people,
         conflicts_open::bigint, devices_seen::bigint, devices_silent::bigint, queue_length, zones FROM told";

/// Waits until nobody else tells of this night, and holds it until the transaction ends. A statement of its own before the reading:
/// who waited here sees what the one before has written.
pub(in crate::live) async fn wait(conn: &mut Conn, event: Uuid) -> Result<(), DbError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('door of ' || $1, 0))")
        .bind::<sql::Text, _>(event.to_string())
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts the door as it is in the place of what was said last; none where nothing differs. `counts`: whether people who came in or
/// left are a difference; `again`: whether what was said is to be said again.
pub(in crate::live) async fn put(
    conn: &mut Conn,
    event: Uuid,
    now: DateTime<Utc>,
    counts: bool,
    again: bool,
) -> Result<Option<State>, DbError> {
    let put = diesel::sql_query(PUT)
        .bind::<sql::Uuid, _>(event)
        .bind::<sql::Timestamptz, _>(now)
        .bind::<sql::Timestamptz, _>(now - SILENT)
        .bind::<sql::Double, _>(EARLY.as_seconds_f64())
        .bind::<sql::Bool, _>(counts)
        .bind::<sql::Bool, _>(again)
        .kept()
        .get_result(conn)
        .await;
    Ok(put.optional()?)
}

#[derive(QueryableByName)]
struct Turn {
    #[diesel(sql_type = sql::Bool)]
    ours: bool,
}

/// Whether no other replica looks at the doors; then none does until the transaction ends.
pub(in crate::live) async fn turn(conn: &mut Conn) -> Result<bool, DbError> {
    let turn = "SELECT pg_try_advisory_xact_lock(hashtextextended('doors are told', 0)) AS ours";
    let turn: Turn = diesel::sql_query(turn).kept().get_result(conn).await?;
    Ok(turn.ours)
}

/// A night to look at.
#[derive(QueryableByName)]
pub(in crate::live) struct Due {
    #[diesel(sql_type = sql::Uuid)]
    pub(in crate::live) id: Uuid,
    /// Whether it has a limit: whoever sells at the door goes by how many are inside.
    #[diesel(sql_type = sql::Bool)]
    pub(in crate::live) limited: bool,
    /// Whether it is on, with a limit, and was last told of two minutes ago.
    #[diesel(sql_type = sql::Bool)]
    pub(in crate::live) again: bool,
}

/// The nights that are on or were on within half a day.
pub(in crate::live) async fn due(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<Due>, DbError> {
    Ok(diesel::sql_query(
        "SELECT e.id, coalesce(o.limit_people IS NOT NULL, false) AS limited,
                coalesce(o.limit_people IS NOT NULL AND e.ends_at > $1
                         AND s.changed_at <= $1 - interval '2 minutes', false) AS again
           FROM events e LEFT JOIN occupancy o ON o.event_id = e.id LEFT JOIN door_states s ON s.event_id = e.id
          WHERE e.status <> 'draft' AND e.ends_at > $1 - interval '12 hours'
            AND e.entry_from - make_interval(secs => $2) < $1 ORDER BY e.id",
    )
    .bind::<sql::Timestamptz, _>(now)
    .bind::<sql::Double, _>(EARLY.as_seconds_f64())
    .kept()
    .load(conn)
    .await?)
}
