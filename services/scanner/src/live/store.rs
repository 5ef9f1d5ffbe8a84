//! All SQL of the live figures. None of it waits for a scan or makes one wait: it reads. What is told of them is in [`states`].

pub(super) mod states;

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError, Keep};
use diesel::{OptionalExtension, QueryableByName, sql_types as sql};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// Most devices and conflicts of a page: more than a person reads.
const MOST: i64 = 200;

/// A night with how full it is.
#[derive(Debug, QueryableByName)]
pub(super) struct House {
    #[diesel(sql_type = sql::Text)]
    pub(super) title: String,
    #[diesel(sql_type = sql::Text)]
    pub(super) time_zone: String,
    #[diesel(sql_type = sql::Timestamptz)]
    pub(super) entry_from: DateTime<Utc>,
    #[diesel(sql_type = sql::Timestamptz)]
    pub(super) ends_at: DateTime<Utc>,
    #[diesel(sql_type = sql::BigInt)]
    pub(super) inside: i64,
    #[diesel(sql_type = sql::Nullable<sql::BigInt>)]
    pub(super) limit: Option<i64>,
}

/// The night, unless nobody but the desk knows of it.
pub(super) async fn house(conn: &mut Conn, event: Uuid) -> Result<Option<House>, DbError> {
    let found = diesel::sql_query(
        r#"SELECT e.title, e.time_zone, e.entry_from, e.ends_at, coalesce(o.inside, 0) AS inside,
                  o.limit_people::bigint AS "limit"
             FROM events e LEFT JOIN occupancy o ON o.event_id = e.id WHERE e.id = $1 AND e.status <> 'draft'"#,
    )
    .bind::<sql::Uuid, _>(event)
    .kept()
    .get_result(conn)
    .await;
    Ok(found.optional()?)
}

/// How full the night's zones are that have a limit.
pub(super) async fn zones(conn: &mut Conn, event: Uuid) -> Result<Vec<ZoneHouse>, DbError> {
    let zones = r#"SELECT z.id, z.name, l.inside, l.limit_people::bigint AS "limit"
                     FROM zone_limits l JOIN zones z ON z.id = l.zone_id WHERE l.event_id = $1 ORDER BY z.name, z.id"#;
    Ok(diesel::sql_query(zones).bind::<sql::Uuid, _>(event).kept().load(conn).await?)
}

/// A zone with a limit.
#[derive(Debug, QueryableByName)]
pub(super) struct ZoneHouse {
    #[diesel(sql_type = sql::Uuid)]
    pub(super) id: Uuid,
    #[diesel(sql_type = sql::Text)]
    pub(super) name: String,
    #[diesel(sql_type = sql::BigInt)]
    pub(super) inside: i64,
    #[diesel(sql_type = sql::BigInt)]
    pub(super) limit: i64,
}

/// A gate and its name.
#[derive(Debug, QueryableByName)]
pub(super) struct GateName {
    #[diesel(sql_type = sql::Uuid)]
    pub(super) id: Uuid,
    #[diesel(sql_type = sql::Text)]
    pub(super) name: String,
    #[diesel(sql_type = sql::Bool)]
    pub(super) active: bool,
}

/// The gates that a night has or had.
pub(super) async fn gates(conn: &mut Conn, event: Uuid) -> Result<Vec<GateName>, DbError> {
    let gates = "SELECT id, name, active FROM gates WHERE event_id = $1 ORDER BY name, id";
    Ok(diesel::sql_query(gates).bind::<sql::Uuid, _>(event).kept().load(conn).await?)
}

/// Scans of one kind, made within one minute at one gate.
#[derive(Debug, Clone, QueryableByName)]
pub(super) struct Scans {
    #[diesel(sql_type = sql::Uuid)]
    pub(super) gate: Uuid,
    /// The minute in which they were made: of a phone that was offline, by its clock as it was corrected.
    #[diesel(sql_type = sql::Timestamptz)]
    pub(super) made: DateTime<Utc>,
    #[diesel(sql_type = sql::Text)]
    pub(super) direction: String,
    #[diesel(sql_type = sql::Text)]
    pub(super) reason: String,
    /// Set where no scan will come before these any more: the last of them all.
    #[diesel(sql_type = sql::Nullable<sql::Uuid>)]
    pub(super) settled_to: Option<Uuid>,
    #[diesel(sql_type = sql::BigInt)]
    pub(super) scans: i64,
    #[diesel(sql_type = sql::BigInt)]
    pub(super) last_minute: i64,
    #[diesel(sql_type = sql::BigInt)]
    pub(super) last_five: i64,
}

/// The ids of scans begin with their time, so that their primary key finds the newest without an index of its own. A night
/// is read from two days before its doors on: a door is tried out as well. What is six minutes old has settled. Scans that
/// phones bring later have other ids and an index of their own, and are all read each time.
const SCANS: &str = "
    WITH fresh AS MATERIALIZED (
        SELECT id, gate_id, recorded_at, direction, reason FROM scans
         WHERE id > coalesce($2, (lpad(to_hex((extract(epoch FROM least($4, now()) - interval '2 days') * 1000)::bigint), 12, '0')
                                  || repeat('0', 20))::uuid)
           AND event_id = $1 AND NOT offline),
    cut AS (SELECT id FROM fresh WHERE recorded_at < $3 - interval '6 minutes' ORDER BY id DESC LIMIT 1)
    SELECT gate_id AS gate, date_trunc('minute', recorded_at) AS made, direction, reason,
           CASE WHEN id <= (SELECT id FROM cut) THEN (SELECT id FROM cut) END AS settled_to, count(*) AS scans,
           count(*) FILTER (WHERE recorded_at > $3 - interval '1 minute') AS last_minute,
           count(*) FILTER (WHERE recorded_at > $3 - interval '5 minutes') AS last_five
      FROM fresh GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT gate_id, date_trunc('minute', least(corrected_at, recorded_at)), direction, reason, NULL, count(*),
           count(*) FILTER (WHERE recorded_at > $3 - interval '1 minute'),
           count(*) FILTER (WHERE recorded_at > $3 - interval '5 minutes')
      FROM scans WHERE event_id = $1 AND offline GROUP BY 1, 2, 3, 4";

/// The night's scans after the last that has settled.
pub(super) async fn scans_after(
    conn: &mut Conn,
    event: Uuid,
    settled_to: Option<Uuid>,
    entry_from: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Scans>, DbError> {
    Ok(diesel::sql_query(SCANS)
        .bind::<sql::Uuid, _>(event)
        .bind::<sql::Nullable<sql::Uuid>, _>(settled_to)
        .bind::<sql::Timestamptz, _>(now)
        .bind::<sql::Timestamptz, _>(entry_from)
        .kept()
        .load(conn)
        .await?)
}

/// The night's entries that were undone since: nobody came. They are few.
pub(super) async fn undone(conn: &mut Conn, event: Uuid) -> Result<Vec<Scans>, DbError> {
    Ok(diesel::sql_query(
        "SELECT s.gate_id AS gate, date_trunc('minute', least(s.corrected_at, s.recorded_at)) AS made,
                s.direction, s.reason, NULL::uuid AS settled_to, 1::bigint AS scans, 0::bigint AS last_minute, 0::bigint AS last_five
           FROM undos u JOIN scans s ON s.id = u.scan_id WHERE u.event_id = $1",
    )
    .bind::<sql::Uuid, _>(event)
    .kept()
    .load(conn)
    .await?)
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = sql::BigInt)]
    number: i64,
}

/// The tickets of a night that are good: sold, given away or on the guest list.
pub(super) async fn sold(conn: &mut Conn, event: Uuid) -> Result<i64, DbError> {
    let sold = "SELECT count(*) AS number FROM admissions WHERE event_id = $1 AND status IN ('valid', 'blocked', 'disputed')";
    let sold: Number = diesel::sql_query(sold).bind::<sql::Uuid, _>(event).kept().get_result(conn).await?;
    Ok(sold.number)
}

/// A phone with what it last said of itself.
#[derive(Debug, QueryableByName)]
pub(super) struct Device {
    #[diesel(sql_type = sql::Uuid)]
    pub(super) id: Uuid,
    #[diesel(sql_type = sql::Text)]
    pub(super) name: String,
    #[diesel(sql_type = sql::Nullable<sql::Text>)]
    pub(super) gate: Option<String>,
    #[diesel(sql_type = sql::Nullable<sql::Text>)]
    pub(super) held_by: Option<String>,
    #[diesel(sql_type = sql::Nullable<sql::SmallInt>)]
    pub(super) battery: Option<i16>,
    #[diesel(sql_type = sql::Nullable<sql::Timestamptz>)]
    pub(super) data_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = sql::BigInt)]
    pub(super) queue_length: i64,
    #[diesel(sql_type = sql::Nullable<sql::Timestamptz>)]
    pub(super) last_seen_at: Option<DateTime<Utc>>,
}

/// The club's phones, as long as nobody revoked them: each goes to whatever night there is.
pub(super) async fn devices(conn: &mut Conn) -> Result<Vec<Device>, DbError> {
    Ok(diesel::sql_query(
        "SELECT d.id, d.name, d.gate_name AS gate, h.staff_name AS held_by, d.battery, d.data_at,
                coalesce(d.queue_length, 0)::bigint AS queue_length, d.last_seen_at
           FROM devices d LEFT JOIN device_hands h ON h.device_id = d.id AND h.till_at IS NULL
          WHERE d.revoked_at IS NULL ORDER BY d.gate_name NULLS LAST, d.name, d.id LIMIT $1",
    )
    .bind::<sql::BigInt, _>(MOST)
    .kept()
    .load(conn)
    .await?)
}

/// An entry that somebody should look at, and nobody has: two phones let one ticket in, or one without a network could not know
/// that the ticket was no good.
#[derive(Debug, QueryableByName)]
pub(super) struct Conflict {
    #[diesel(sql_type = sql::Uuid)]
    pub(super) scan: Uuid,
    #[diesel(sql_type = sql::Text)]
    pub(super) kind: String,
    #[diesel(sql_type = sql::Nullable<sql::Text>)]
    pub(super) type_name: Option<String>,
    #[diesel(sql_type = sql::Nullable<sql::Text>)]
    pub(super) holder: Option<String>,
    #[diesel(sql_type = sql::Nullable<sql::Text>)]
    pub(super) judged: Option<String>,
    #[diesel(sql_type = sql::Nullable<sql::Timestamptz>)]
    pub(super) first_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = sql::Nullable<sql::Text>)]
    pub(super) first_gate: Option<String>,
    #[diesel(sql_type = sql::Nullable<sql::Text>)]
    pub(super) first_device: Option<String>,
    #[diesel(sql_type = sql::Timestamptz)]
    pub(super) at: DateTime<Utc>,
    #[diesel(sql_type = sql::Text)]
    pub(super) gate: String,
    #[diesel(sql_type = sql::Nullable<sql::Text>)]
    pub(super) device: Option<String>,
}

/// The open conflicts of a night, the oldest first.
pub(super) async fn conflicts(conn: &mut Conn, event: Uuid) -> Result<Vec<Conflict>, DbError> {
    Ok(diesel::sql_query(
        "SELECT c.scan_id AS scan, c.kind, c.judged, a.type_name, a.holder_name AS holder,
                c.first_at, c.first_gate_name AS first_gate, f.name AS first_device,
                c.at, c.gate_name AS gate, d.name AS device
           FROM conflicts c
           LEFT JOIN devices d ON d.id = c.device
           LEFT JOIN devices f ON f.id = c.first_device
           LEFT JOIN admissions a ON a.ticket_id = c.ticket_id
          WHERE c.event_id = $1 AND NOT EXISTS (SELECT FROM conflict_notes n WHERE n.scan_id = c.scan_id)
          ORDER BY c.at, c.scan_id LIMIT $2",
    )
    .bind::<sql::Uuid, _>(event)
    .bind::<sql::BigInt, _>(MOST)
    .kept()
    .load(conn)
    .await?)
}

/// A phone that said nothing for so long is silent; the app says something every fifteen seconds.
pub(super) const SILENT: TimeDelta = TimeDelta::minutes(2);
/// Phones are switched on so long before the doors open: one that was last heard of before is not at work tonight.
pub(super) const EARLY: TimeDelta = TimeDelta::hours(2);
