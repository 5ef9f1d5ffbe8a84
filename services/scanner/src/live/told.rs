//! `door.changed`: what the owner's dashboard knows of a night's door beyond its scans. Said when something of it changed, and
//! never twice: what was said last is a row of its own.
//!
//! Whoever changes the count of people inside by hand, the limit, a conflict or a device calls [`door_changed`] at the end of
//! their transaction. A phone that falls silent calls nobody: [`keep_telling`] looks every ten seconds.

use std::time::Duration;

use bus::outbox;
use chrono::{DateTime, Utc};
use db::{Conn, Db, DbError, Keep};
use diesel::{OptionalExtension, QueryableByName, sql_types as sql};
use diesel_async::RunQueryDsl;
use domain::clock::SharedClock;
use messages::{millis, scanner::v1::DoorChanged};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::store::{EARLY, SILENT};

/// How often it is looked whether a phone fell silent.
const EVERY: Duration = Duration::from_secs(10);

/// Says how a night's door stands, if that is not what was said last; whether it was said. Call it last in the transaction of
/// the change: whoever tells of the same night waits until that one ends.
pub async fn door_changed(conn: &mut Conn, event: Uuid, now: DateTime<Utc>) -> Result<bool, DbError> {
    tell(conn, event, now, Inside::Counts).await
}

/// Whether people who came in or left are news. Each scan tells of them by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Counts,
    IsToldByScans,
}

#[derive(QueryableByName)]
struct State {
    #[diesel(sql_type = sql::BigInt)]
    revision: i64,
    #[diesel(sql_type = sql::BigInt)]
    inside: i64,
    #[diesel(sql_type = sql::BigInt)]
    inside_revision: i64,
    #[diesel(sql_type = sql::BigInt)]
    limit_people: i64,
    #[diesel(sql_type = sql::BigInt)]
    conflicts_open: i64,
    #[diesel(sql_type = sql::BigInt)]
    devices_seen: i64,
    #[diesel(sql_type = sql::BigInt)]
    devices_offline: i64,
    #[diesel(sql_type = sql::BigInt)]
    queue_length: i64,
}

/// The door as it is, put in the place of what was said last where it differs. A night of which there never was anything to
/// say gets no row.
const TELL: &str = "WITH told AS (
    INSERT INTO door_states AS told (event_id, revision, inside, inside_revision, limit_people, conflicts_open,
                                     devices_seen, devices_offline, queue_length, changed_at)
    SELECT e.id, 1, coalesce(o.inside, 0), coalesce(o.revision, 0), o.limit_people, c.open, d.seen, d.silent, d.queued, $2
      FROM events e LEFT JOIN occupancy o ON o.event_id = e.id
     CROSS JOIN LATERAL (SELECT count(*)::int AS open FROM conflicts
                          WHERE conflicts.event_id = e.id
                            AND NOT EXISTS (SELECT FROM conflict_notes n WHERE n.scan_id = conflicts.scan_id)) c
     CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE x.last_seen_at > $3)::int AS seen,
                                count(*) FILTER (WHERE x.last_seen_at <= $3 AND $2 < e.ends_at)::int AS silent,
                                coalesce(sum(x.queue_length), 0)::bigint AS queued
                           FROM devices x
                          WHERE x.revoked_at IS NULL AND x.last_seen_at > e.entry_from - make_interval(secs => $4)) d
     WHERE e.id = $1 AND ($5 OR o.limit_people IS NOT NULL OR c.open > 0 OR d.seen > 0 OR d.silent > 0 OR d.queued > 0
                          OR EXISTS (SELECT FROM door_states s WHERE s.event_id = e.id))
    ON CONFLICT (event_id) DO UPDATE SET
        revision = told.revision + 1, inside = excluded.inside, inside_revision = excluded.inside_revision,
        limit_people = excluded.limit_people, conflicts_open = excluded.conflicts_open,
        devices_seen = excluded.devices_seen, devices_offline = excluded.devices_offline,
        queue_length = excluded.queue_length, changed_at = excluded.changed_at
    WHERE (told.limit_people, told.conflicts_open, told.devices_seen, told.devices_offline, told.queue_length)
          IS DISTINCT FROM (excluded.limit_people, excluded.conflicts_open, excluded.devices_seen,
                            excluded.devices_offline, excluded.queue_length)
       OR $5 AND (told.inside, told.inside_revision) IS DISTINCT FROM (excluded.inside, excluded.inside_revision)
    RETURNING *)
  SELECT revision, inside, inside_revision, coalesce(limit_people, 0)::bigint AS limit_people,
         conflicts_open::bigint, devices_seen::bigint, devices_offline::bigint, queue_length FROM told";

async fn tell(conn: &mut Conn, event: Uuid, now: DateTime<Utc>, inside: Inside) -> Result<bool, DbError> {
    // Before the reading, and a statement of its own: who waited here sees what the one before has written.
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('door of ' || $1, 0))")
        .bind::<sql::Text, _>(event.to_string())
        .kept()
        .execute(conn)
        .await?;
    let said = diesel::sql_query(TELL)
        .bind::<sql::Uuid, _>(event)
        .bind::<sql::Timestamptz, _>(now)
        .bind::<sql::Timestamptz, _>(now - SILENT)
        .bind::<sql::Double, _>(EARLY.as_seconds_f64())
        .bind::<sql::Bool, _>(inside == Inside::Counts)
        .kept()
        .get_result::<State>(conn)
        .await;
    let Some(state) = said.optional()? else { return Ok(false) };
    outbox::add(conn, &message(event, &state, now), now).await?;
    Ok(true)
}

fn message(event: Uuid, state: &State, now: DateTime<Utc>) -> DoorChanged {
    DoorChanged {
        event_id: event.to_string(),
        revision: state.revision,
        inside: state.inside,
        limit: state.limit_people,
        conflicts_open: state.conflicts_open,
        devices_seen: state.devices_seen,
        devices_offline: state.devices_offline,
        queue_length: state.queue_length,
        changed_at: millis(now),
        inside_revision: state.inside_revision,
    }
}

/// Tells of phones that fell silent or came back, until the service stops. One replica does it at a time.
pub async fn keep_telling(db: Db, clock: SharedClock, shutdown: CancellationToken) {
    let mut tick = tokio::time::interval_at(Instant::now() + EVERY, EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
        match look_once(&db, clock.now()).await {
            Ok(0) => {}
            Ok(told) => tracing::info!(nights = told, "the owner is told how the door stands"),
            Err(error) => tracing::info!(%error, "could not look at the door's devices"),
        }
    }
}

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = sql::Uuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Turn {
    #[diesel(sql_type = sql::Bool)]
    ours: bool,
}

/// Looks at every night that is on or was on within half a day, while phones may yet send what they hold; of how many something
/// was told. None while another replica looks.
pub async fn look_once(db: &Db, now: DateTime<Utc>) -> Result<usize, DbError> {
    db.transaction(async |conn| {
        let turn = "SELECT pg_try_advisory_xact_lock(hashtextextended('doors are told', 0)) AS ours";
        let turn: Turn = diesel::sql_query(turn).kept().get_result(conn).await?;
        if !turn.ours {
            return Ok(0);
        }
        let due: Vec<Due> = diesel::sql_query(
            "SELECT id FROM events WHERE status <> 'draft' AND ends_at > $1 - interval '12 hours'
                AND entry_from - make_interval(secs => $2) < $1 ORDER BY id",
        )
        .bind::<sql::Timestamptz, _>(now)
        .bind::<sql::Double, _>(EARLY.as_seconds_f64())
        .kept()
        .load(conn)
        .await?;
        let mut told = 0;
        for night in due {
            told += usize::from(tell(conn, night.id, now, Inside::IsToldByScans).await?);
        }
        Ok::<_, DbError>(told)
    })
    .await
}
