//! Nights that got a new date, and the cut-offs that move along.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// A night that got a new date, and by how much.
#[derive(Debug, QueryableByName)]
pub(crate) struct Shift {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    pub by_seconds: i64,
    /// Whether the night is over on its new date: nobody comes any more.
    #[diesel(sql_type = Bool)]
    pub over: bool,
}

/// By how much a new date moves the cut-offs, if the guest list has not followed it.
pub(crate) async fn to_follow(
    conn: &mut Conn,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Shift>, DbError> {
    let shift = diesel::sql_query(
        "SELECT m.id, m.event_id, m.started_at, e.ends_at <= $2 AS over,
                extract(epoch FROM m.to_starts_at - m.from_starts_at)::bigint AS by_seconds
           FROM new_dates m JOIN events e ON e.id = m.event_id WHERE m.id = $1 AND NOT m.list_followed",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await;
    Ok(shift.optional()?)
}

/// Locks the orders of the entries that were there before the new date.
pub(crate) async fn lock_orders(conn: &mut Conn, shift: &Shift) -> Result<(), DbError> {
    diesel::sql_query(
        "SELECT o.id FROM orders o JOIN guest_list g ON g.order_id = o.id
          WHERE g.event_id = $1 AND g.added_at < $2 ORDER BY o.id FOR UPDATE OF o",
    )
    .bind::<SqlUuid, _>(shift.event_id)
    .bind::<Timestamptz, _>(shift.started_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that the guest list has followed a new date. `false`: it had.
pub(crate) async fn followed(conn: &mut Conn, id: Uuid) -> Result<bool, DbError> {
    let noted =
        diesel::sql_query("UPDATE new_dates SET list_followed = true WHERE id = $1 AND NOT list_followed")
            .bind::<SqlUuid, _>(id)
            .execute(conn)
            .await?;
    Ok(noted == 1)
}

/// Moves the cut-offs of the entries that were there before, and of their tickets; says which those are.
pub(crate) async fn move_cut_offs(
    conn: &mut Conn,
    shift: &Shift,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbError> {
    #[derive(QueryableByName)]
    struct Changed {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    diesel::sql_query(
        "UPDATE guest_list SET admit_until = admit_until + $3 * interval '1 second' WHERE event_id = $1 AND added_at < $2",
    )
    .bind::<SqlUuid, _>(shift.event_id)
    .bind::<Timestamptz, _>(shift.started_at)
    .bind::<BigInt, _>(shift.by_seconds)
    .execute(conn)
    .await?;
    let changed: Vec<Changed> = diesel::sql_query(
        "UPDATE tickets t SET admit_until = g.admit_until, revision = t.revision + 1, changed_at = $3
           FROM guest_list g
          WHERE g.event_id = $1 AND g.added_at < $2 AND t.order_id = g.order_id
            AND t.admit_until IS DISTINCT FROM g.admit_until
         RETURNING t.id",
    )
    .bind::<SqlUuid, _>(shift.event_id)
    .bind::<Timestamptz, _>(shift.started_at)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(changed.into_iter().map(|row| row.id).collect())
}
