//! The SQL of who has disputed a payment.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::ids::OrderId;
use internal_api::purchase::disputes::DisputedBefore;
use uuid::Uuid;

/// Marks the buyer of an order by address, if there is one; a mark that was taken off stands again.
pub(crate) async fn mark(
    conn: &mut Conn,
    order: OrderId,
    dispute: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO dispute_marks (email, dispute_id, marked_at)
         SELECT lower(buyer_email), $2, $3 FROM orders WHERE id = $1 AND buyer_email <> ''
         ON CONFLICT (email) DO UPDATE
            SET dispute_id = excluded.dispute_id, marked_at = excluded.marked_at, cleared_at = NULL",
    )
    .bind::<SqlUuid, _>(order.uuid())
    .bind::<SqlUuid, _>(dispute)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// The mark that stands at an address.
pub(crate) async fn of(conn: &mut Conn, email: &str) -> Result<Option<DisputedBefore>, DbError> {
    let found = diesel::sql_query(
        "SELECT m.dispute_id AS dispute, o.reference, m.marked_at
           FROM dispute_marks m JOIN disputes d ON d.id = m.dispute_id JOIN orders o ON o.id = d.order_id
          WHERE m.email = lower($1) AND m.cleared_at IS NULL",
    )
    .bind::<Text, _>(email)
    .get_result(conn)
    .await;
    Ok(found.optional()?)
}

#[derive(diesel::QueryableByName)]
struct Cleared {
    #[diesel(sql_type = SqlUuid)]
    dispute_id: Uuid,
}

/// Takes the mark off an address; the dispute it was of, if there was one.
pub(crate) async fn clear(conn: &mut Conn, email: &str, now: DateTime<Utc>) -> Result<Option<Uuid>, DbError> {
    let cleared: Option<Cleared> = diesel::sql_query(
        "UPDATE dispute_marks SET cleared_at = $2 WHERE email = lower($1) AND cleared_at IS NULL
         RETURNING dispute_id",
    )
    .bind::<Text, _>(email)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?;
    Ok(cleared.map(|cleared| cleared.dispute_id))
}

/// A ticket that does not say yet what its person's mark says.
#[derive(Debug, diesel::QueryableByName)]
pub(crate) struct Due {
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub order_id: Uuid,
    /// What it is to say.
    #[diesel(sql_type = Bool)]
    pub marked: bool,
}

/// Tickets of nights to come that are good, or may be again, with what the mark of their person says. Marks are few: their orders and what
/// was passed on to them are found by index. A ticket that was passed on is its holder's, not the buyer's.
const THEIRS: &str = "
  SELECT t.id, t.order_id, t.state, t.disputed_before, m.email, m.cleared_at IS NULL AS marked
    FROM dispute_marks m
    JOIN orders o ON lower(o.buyer_email) = m.email
    JOIN tickets t ON t.order_id = o.id AND t.state IN ('valid', 'blocked', 'disputed')
    JOIN events e ON e.id = t.event_id AND e.ends_at > $1
   WHERE NOT EXISTS (SELECT FROM ticket_transfers f WHERE f.to_ticket = t.id AND NOT f.to_buyer)
  UNION ALL
  SELECT t.id, t.order_id, t.state, t.disputed_before, m.email, m.cleared_at IS NULL AS marked
    FROM dispute_marks m
    JOIN ticket_transfers f ON lower(f.to_email) = m.email AND NOT f.to_buyer
    JOIN tickets t ON t.id = f.to_ticket AND t.state IN ('valid', 'blocked', 'disputed')
    JOIN events e ON e.id = t.event_id AND e.ends_at > $1";

/// Some of those that are to be told of.
pub(crate) async fn due(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<Due>, DbError> {
    let due = diesel::sql_query(format!(
        "WITH theirs AS ({THEIRS})
         SELECT id AS ticket_id, order_id, marked FROM theirs WHERE state = 'valid' AND disputed_before <> marked
          ORDER BY id LIMIT 100"
    ))
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(due)
}

/// Forgets who had a mark that was taken off before then, once the door was told. A ticket that is frozen is told of when it is good
/// again: until then the mark stays, for nothing else would take the door's words back.
pub(crate) async fn forget(
    conn: &mut Conn,
    now: DateTime<Utc>,
    before: DateTime<Utc>,
) -> Result<usize, DbError> {
    let forgotten = diesel::sql_query(format!(
        "WITH theirs AS ({THEIRS})
         DELETE FROM dispute_marks m WHERE m.cleared_at < $2
            AND NOT EXISTS (SELECT FROM theirs t WHERE t.email = m.email AND t.disputed_before <> t.marked)"
    ))
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?;
    Ok(forgotten)
}
