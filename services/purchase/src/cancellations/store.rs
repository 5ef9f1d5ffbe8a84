//! The SQL of nights that are called off.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::ids::OrderId;
use uuid::Uuid;

use super::progress::Progress;
use crate::schema::{cancellations, orders};

/// `true`: it was not on record before.
pub(crate) async fn start(conn: &mut Conn, event: Uuid, now: DateTime<Utc>) -> Result<bool, DbError> {
    let new = diesel::insert_into(cancellations::table)
        .values((cancellations::event_id.eq(event), cancellations::started_at.eq(now)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(new == 1)
}

/// Whether a night was called off, also one that was put away since.
pub(crate) async fn is_off(conn: &mut Conn, event: Uuid) -> Result<bool, DbError> {
    let called_off = cancellations::table.filter(cancellations::event_id.eq(event));
    Ok(diesel::select(diesel::dsl::exists(called_off)).get_result(conn).await?)
}

/// Nights whose money is not all back.
pub(crate) async fn open(conn: &mut Conn) -> Result<Vec<Uuid>, DbError> {
    let rows = cancellations::table
        .filter(cancellations::finished_at.is_null())
        .order(cancellations::started_at)
        .select(cancellations::event_id)
        .load(conn)
        .await?;
    Ok(rows)
}

/// Lets all holds of a night end now; says how many there were.
pub(crate) async fn end_holds(conn: &mut Conn, event: Uuid, now: DateTime<Utc>) -> Result<usize, DbError> {
    let ended = diesel::update(orders::table)
        .filter(orders::event_id.eq(event))
        .filter(orders::state.eq("pending"))
        .filter(orders::held_until.gt(now))
        .set((orders::held_until.eq(now), orders::next_check_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(ended)
}

/// Refunds of a night that wait for the door's word wait no longer.
pub(crate) async fn let_asked_go(conn: &mut Conn, event: Uuid, now: DateTime<Utc>) -> Result<usize, DbError> {
    let gone = diesel::sql_query(
        "UPDATE refunds r SET anyway = true, next_try_at = $2 FROM orders o
          WHERE o.id = r.order_id AND o.event_id = $1 AND r.state = 'asked' AND NOT r.anyway",
    )
    .bind::<sql_types::Uuid, _>(event)
    .bind::<sql_types::Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(gone)
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
}

/// An order whose payment a bank has taken back: there is nothing to give, see [`crate::disputes`].
const DISPUTED: &str =
    "EXISTS (SELECT FROM disputes d JOIN payments p ON p.id = d.payment_id AND p.purpose = 'order'
    WHERE d.order_id = o.id AND d.status IN ('needs_response', 'under_review', 'lost', 'prevented'))";

/// A dispute was won: what came back goes on to the guest, if the night is off.
pub(crate) async fn reopen(conn: &mut Conn, event: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(cancellations::table.find(event))
        .set((cancellations::finished_at.eq(None::<DateTime<Utc>>), cancellations::reopened_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Some paid orders of a night, in no order: one that can't be taken back does not stand before the others. Those for which a refund waits for the door's word have their turn after it;
/// those that a bank has taken back have none.
pub(crate) async fn paid_orders(conn: &mut Conn, event: Uuid, most: i64) -> Result<Vec<OrderId>, DbError> {
    let rows: Vec<Found> = diesel::sql_query(format!(
        "SELECT id FROM orders o WHERE event_id = $1 AND state = 'paid'
            AND NOT EXISTS (SELECT FROM refunds r WHERE r.order_id = o.id AND r.state = 'asked') AND NOT {DISPUTED}
          ORDER BY random() LIMIT $2"
    ))
    .bind::<sql_types::Uuid, _>(event)
    .bind::<sql_types::BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id.into()).collect())
}

/// How far a night is, counted from its orders. None where it was not called off.
pub(crate) async fn progress(conn: &mut Conn, event: Uuid) -> Result<Option<Progress>, DbError> {
    let row = diesel::sql_query(format!(
        "SELECT c.started_at, c.finished_at, e.currency,
                (SELECT count(*) FROM orders o WHERE o.event_id = $1 AND o.state = 'pending') AS holds_open,
                (SELECT count(*) FROM orders o WHERE o.event_id = $1 AND o.paid_at IS NOT NULL) AS orders,
                (SELECT count(*) FROM orders o WHERE o.event_id = $1 AND o.state = 'paid' AND NOT {DISPUTED}) AS orders_open,
                r.pending, r.succeeded, r.failed, r.amount_minor, r.returned_minor, v.at_venue, v.at_venue_minor
           FROM cancellations c JOIN events e ON e.id = c.event_id CROSS JOIN LATERAL (
             SELECT count(*) FILTER (WHERE r.state IN ('asked', 'pending')) AS pending,
                    count(*) FILTER (WHERE r.state IN ('succeeded', 'settled_otherwise')) AS succeeded,
                    count(*) FILTER (WHERE r.state = 'failed') AS failed,
                    coalesce(sum(r.amount_minor) FILTER (WHERE r.state <> 'withdrawn'), 0)::bigint AS amount_minor,
                    coalesce(sum(r.amount_minor) FILTER (WHERE r.state IN ('succeeded', 'settled_otherwise')), 0)::bigint
                      AS returned_minor
               FROM refunds r JOIN orders o ON o.id = r.order_id WHERE o.event_id = $1) AS r CROSS JOIN LATERAL (
             SELECT count(*) AS at_venue, coalesce(sum(d.due), 0)::bigint AS at_venue_minor
               FROM (SELECT o.total_minor - (SELECT coalesce(sum(x.amount_minor), 0) FROM refunds x
                                              WHERE x.order_id = o.id AND x.state <> 'withdrawn') AS due
                       FROM orders o WHERE o.event_id = $1 AND o.state = 'refunded'
                        AND o.channel IN ('cash_at_venue', 'card_at_venue')) AS d WHERE d.due > 0) AS v
          WHERE c.event_id = $1"
    ))
    .bind::<sql_types::Uuid, _>(event)
    .get_result(conn)
    .await;
    Ok(row.optional()?)
}

/// Says that all is done.
pub(crate) async fn finish(conn: &mut Conn, event: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(cancellations::table.find(event))
        .filter(cancellations::finished_at.is_null())
        .set(cancellations::finished_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}
