//! SQL that keeps how a night's door stands.

use db::{Conn, DbError, Keep};
use diesel::sql_types::{BigInt, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::figures::{Step, take};
use super::said::DoorState;

/// Takes a door's newest state in and tells the dashboards; an older one than the one held changes nothing. How many are inside
/// is the same word as in the scans: the highest revision of it holds.
pub async fn put_door(conn: &mut Conn, state: &DoorState) -> Result<bool, DbError> {
    let put = diesel::sql_query(
        "INSERT INTO door_states AS d (event_id, revision, inside, inside_revision, limit_people, conflicts_open,
                                       devices_seen, devices_silent, queue_length, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (event_id) DO UPDATE SET
             revision = excluded.revision, inside = excluded.inside, inside_revision = excluded.inside_revision,
             limit_people = excluded.limit_people, conflicts_open = excluded.conflicts_open,
             devices_seen = excluded.devices_seen, devices_silent = excluded.devices_silent,
             queue_length = excluded.queue_length, changed_at = excluded.changed_at
         WHERE d.revision < excluded.revision",
    )
    .bind::<SqlUuid, _>(state.event)
    .bind::<BigInt, _>(state.revision)
    .bind::<BigInt, _>(state.inside)
    .bind::<BigInt, _>(state.inside_revision)
    .bind::<Nullable<BigInt>, _>(state.limit)
    .bind::<BigInt, _>(state.conflicts_open)
    .bind::<BigInt, _>(state.devices_seen)
    .bind::<BigInt, _>(state.devices_silent)
    .bind::<BigInt, _>(state.queue_length)
    .bind::<Timestamptz, _>(state.changed_at)
    .kept()
    .execute(conn)
    .await?;
    if put == 0 {
        return Ok(false);
    }
    let step = Step { inside: Some((state.inside, state.inside_revision)), ..Step::default() };
    take(conn, state.event, &step).await?;
    Ok(true)
}
