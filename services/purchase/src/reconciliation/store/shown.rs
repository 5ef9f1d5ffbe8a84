//! What people are shown of the books against Stripe.

use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use internal_api::purchase::reconciliation::{Difference, LatePayment, Look, Night};
use uuid::Uuid;

use crate::schema::reconciliations;

/// The last look, whatever came of it.
pub(crate) async fn look(conn: &mut Conn) -> Result<Option<Look>, DbError> {
    let look = reconciliations::table
        .filter(reconciliations::finished_at.is_not_null())
        .order(reconciliations::id.desc())
        .select((
            reconciliations::started_at,
            reconciliations::since,
            reconciliations::sessions,
            reconciliations::adopted,
            reconciliations::movements,
            reconciliations::problem,
        ))
        .first(conn)
        .await;
    Ok(look.optional()?)
}

/// Each night that sold anything, the latest first: what the books say and what Stripe says.
pub(crate) async fn nights(conn: &mut Conn) -> Result<Vec<Night>, DbError> {
    Ok(diesel::sql_query(
        "SELECT e.id AS event, e.title, e.starts_at, e.time_zone, b.currency, count(*) AS orders,
                sum(b.ledger_minor)::bigint AS ledger_minor, sum(b.stripe_minor)::bigint AS stripe_minor,
                count(*) FILTER (WHERE b.differs) AS differences,
                coalesce((SELECT sum(r.amount_minor - r.credit_minor) FROM refunds r JOIN orders o ON o.id = r.order_id
                           WHERE r.state = 'settled_otherwise' AND o.event_id = e.id AND r.currency = b.currency), 0)::bigint
                  AS otherwise_minor
           FROM (SELECT id, title, starts_at, time_zone FROM events
                  WHERE EXISTS (SELECT FROM order_books any_of WHERE any_of.event_id = events.id)
                  ORDER BY starts_at DESC LIMIT 200) e
           JOIN order_books b ON b.event_id = e.id
          GROUP BY e.id, e.title, e.starts_at, e.time_zone, b.currency
          ORDER BY e.starts_at DESC, b.currency LIMIT 200",
    )
    .load(conn)
    .await?)
}

/// The orders whose two sides differ, and why, as far as can be said.
pub(crate) async fn differences(conn: &mut Conn) -> Result<Vec<Difference>, DbError> {
    Ok(diesel::sql_query(format!("{EXPLAINED} ORDER BY o.created_at DESC LIMIT 200")).load(conn).await?)
}

/// Those of one night.
pub(crate) async fn differences_of(conn: &mut Conn, event: Uuid) -> Result<Vec<Difference>, DbError> {
    Ok(diesel::sql_query(format!("{EXPLAINED} AND b.event_id = $1 ORDER BY o.created_at, o.id"))
        .bind::<diesel::sql_types::Uuid, _>(event)
        .load(conn)
        .await?)
}

/// What differs, order by order. Costs what differs: `order_books` is summed as ledger and movements are written.
const EXPLAINED: &str = "WITH last AS (
       SELECT max(started_at) AS at FROM reconciliations WHERE finished_at IS NOT NULL AND problem IS NULL)
     SELECT o.reference, o.event_id AS event, b.currency, b.ledger_minor, b.stripe_minor,
            CASE WHEN EXISTS (SELECT FROM ledger_transactions t WHERE t.order_id = o.id AND t.booked_at >= last.at)
                   THEN 'booked_since'
                 WHEN EXISTS (SELECT FROM refunds r WHERE r.order_id = o.id AND r.state = 'pending') THEN 'refund_on_its_way'
                 WHEN EXISTS (SELECT FROM quarantine q WHERE q.order_id = o.id AND q.resolved_at IS NULL) THEN 'quarantined'
                 WHEN EXISTS (SELECT FROM refunds r WHERE r.order_id = o.id AND r.state = 'settled_otherwise')
                   THEN 'settled_otherwise'
                 WHEN b.stripe_minor = 0 THEN 'not_at_stripe'
                 WHEN b.ledger_minor = 0 THEN 'not_booked'
                 ELSE 'unexplained' END AS why
       FROM order_books b JOIN orders o ON o.id = b.order_id CROSS JOIN last
      WHERE b.differs";

/// How many orders differ and can't be explained by time alone.
pub(crate) async fn differences_in_all(conn: &mut Conn) -> Result<i64, DbError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let query = format!(
        "SELECT count(*) AS n FROM ({EXPLAINED}) AS d WHERE why NOT IN ('booked_since', 'refund_on_its_way')"
    );
    Ok(diesel::sql_query(query).get_result::<Count>(conn).await?.n)
}

/// Payments that came too late, the latest first: those that took places which were still free, and those that go back.
pub(crate) async fn late(conn: &mut Conn) -> Result<Vec<LatePayment>, DbError> {
    Ok(diesel::sql_query(
        "WITH late AS (
           SELECT p.id, p.order_id, 'kept' AS became FROM orders o
             JOIN payments p ON p.order_id = o.id AND p.purpose = 'order'
            WHERE o.expired_at IS NOT NULL AND o.paid_at IS NOT NULL
           UNION ALL
           SELECT r.payment_id, r.order_id, CASE r.state WHEN 'succeeded' THEN 'returned' WHEN 'failed' THEN 'stuck'
                  WHEN 'settled_otherwise' THEN 'settled_otherwise' ELSE 'returning' END
             FROM refunds r WHERE r.reason = 'late_payment' AND r.payment_id IS NOT NULL)
         SELECT o.reference, e.title, e.time_zone, p.currency, p.amount_minor, p.captured_at, l.became,
                EXISTS (SELECT FROM waitlist w WHERE w.event_id = o.event_id AND lower(w.email) = lower(o.buyer_email)
                           AND w.state IN ('waiting', 'offered', 'claimed')) AS waits
           FROM late l JOIN payments p ON p.id = l.id JOIN orders o ON o.id = l.order_id JOIN events e ON e.id = o.event_id
          ORDER BY p.captured_at DESC LIMIT 100",
    )
    .load(conn)
    .await?)
}

#[derive(QueryableByName)]
struct Foreign {
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = BigInt)]
    amount_minor: i64,
}

/// What Stripe holds that belongs to no order of ours, by currency: other business of the same account.
pub(crate) async fn foreign(conn: &mut Conn) -> Result<Vec<(String, i64)>, DbError> {
    let rows: Vec<Foreign> = diesel::sql_query(
        "SELECT currency, sum(amount_minor)::bigint AS amount_minor FROM stripe_movements
          WHERE order_id IS NULL GROUP BY 1 HAVING sum(amount_minor) <> 0 ORDER BY 1",
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.currency, row.amount_minor)).collect())
}
