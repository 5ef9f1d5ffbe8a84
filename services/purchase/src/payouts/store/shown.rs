//! What the desk is shown of payouts, and what goes into files.

use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::RunQueryDsl;
use internal_api::purchase::payouts::{Balance, Look, Part, Payout, PayoutLine};

/// The last look that ended.
pub(in crate::payouts) async fn look(conn: &mut Conn) -> Result<Option<Look>, DbError> {
    let look = diesel::sql_query(
        "SELECT started_at, lines, payouts, problem FROM payout_looks WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1",
    )
    .get_result(conn)
    .await;
    Ok(look.optional()?)
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Bool)]
    known: bool,
}

/// Whether a payout stands here.
pub(in crate::payouts) async fn is_known(conn: &mut Conn, id: &str) -> Result<bool, DbError> {
    let known: Known = diesel::sql_query("SELECT EXISTS (SELECT FROM payouts WHERE id = $1) AS known")
        .bind::<Text, _>(id)
        .get_result(conn)
        .await?;
    Ok(known.known)
}

/// The payouts that arrive last, of those that arrive before this one where it is given.
pub(in crate::payouts) async fn payouts(
    conn: &mut Conn,
    after: Option<&str>,
    most: i64,
) -> Result<Vec<Payout>, DbError> {
    Ok(diesel::sql_query(
        "SELECT p.id, p.amount_minor, p.currency, p.status, p.automatic, p.made_at, p.arrives_at, p.failure, p.contents_known
           FROM payouts p
          WHERE $1 IS NULL OR (p.arrives_at, p.id) < (SELECT l.arrives_at, l.id FROM payouts l WHERE l.id = $1)
          ORDER BY p.arrives_at DESC, p.id DESC LIMIT $2",
    )
    .bind::<Nullable<Text>, _>(after)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?)
}

/// What these are made of: a line for each night, one for what is of no night of ours, without the payout's own line.
pub(in crate::payouts) async fn parts(conn: &mut Conn, payouts: &[String]) -> Result<Vec<Part>, DbError> {
    Ok(diesel::sql_query(
        "SELECT b.payout_id AS payout, e.id AS event, coalesce(e.title, '') AS title, e.starts_at,
                coalesce(e.time_zone, '') AS time_zone,
                coalesce(sum(b.amount_minor) FILTER (WHERE e.id IS NOT NULL AND b.kind IN ('charge', 'payment')), 0)::bigint AS payments_minor,
                coalesce(sum(b.amount_minor) FILTER (WHERE e.id IS NOT NULL AND b.kind NOT IN ('charge', 'payment', 'adjustment')), 0)::bigint
                  AS refunds_minor,
                coalesce(sum(b.net_minor) FILTER (WHERE e.id IS NOT NULL AND b.kind = 'adjustment'), 0)::bigint AS disputes_minor,
                coalesce(sum(-b.fee_minor) FILTER (WHERE e.id IS NOT NULL AND b.kind <> 'adjustment'), 0)::bigint
                  + coalesce(sum(b.net_minor) FILTER (WHERE e.id IS NULL AND b.booked = 'fee'
                                                        AND b.kind NOT IN ('payout_failure', 'payout_cancel')), 0)::bigint AS fees_minor,
                coalesce(sum(b.net_minor) FILTER (WHERE b.booked = 'foreign'), 0)::bigint AS foreign_minor,
                coalesce(sum(b.net_minor) FILTER (WHERE b.kind IN ('payout_failure', 'payout_cancel')), 0)::bigint
                  AS returned_minor,
                sum(b.net_minor)::bigint AS net_minor
           FROM stripe_balance b
           LEFT JOIN orders o ON o.id = b.order_id LEFT JOIN events e ON e.id = o.event_id
          WHERE b.payout_id = ANY($1) AND b.kind <> 'payout'
          GROUP BY b.payout_id, e.id, e.title, e.starts_at, e.time_zone
          ORDER BY b.payout_id, e.starts_at NULLS LAST, e.id",
    )
    .bind::<Array<Text>, _>(payouts)
    .load(conn)
    .await?)
}

/// What the books say Stripe holds, what Stripe's lines come to, and what the difference is made of; by currency.
pub(in crate::payouts) async fn balances(conn: &mut Conn) -> Result<Vec<Balance>, DbError> {
    Ok(diesel::sql_query(
        "WITH last AS (SELECT max(started_at) AS at FROM payout_looks WHERE finished_at IS NOT NULL AND problem IS NULL),
              sums AS (
           SELECT currency, sum(amount_minor) AS ledger, 0::numeric AS stripe, 0::numeric AS on_way, 0::numeric AS since,
                  0::numeric AS orders
             FROM ledger_entries WHERE account = 'stripe_clearing' GROUP BY 1
           UNION ALL
           SELECT currency, 0, sum(net_minor), 0, 0, 0 FROM stripe_balance GROUP BY 1
           UNION ALL
           SELECT currency, 0, 0, -sum(amount_minor), 0, 0 FROM payouts
            WHERE status NOT IN ('paid', 'failed', 'canceled') GROUP BY 1
           UNION ALL
           SELECT e.currency, 0, 0, 0, -sum(e.amount_minor), 0
             FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id CROSS JOIN last
            WHERE e.account = 'stripe_clearing' AND t.order_id IS NOT NULL AND coalesce(t.booked_at >= last.at, true) GROUP BY 1
           UNION ALL
           SELECT e.currency, 0, 0, 0, 0, -sum(e.amount_minor)
             FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id CROSS JOIN last
            WHERE e.account = 'stripe_clearing' AND t.order_id IS NOT NULL AND t.booked_at < last.at GROUP BY 1
           UNION ALL
           SELECT currency, 0, 0, 0, 0, sum(CASE booked WHEN 'fee' THEN amount_minor ELSE net_minor END)
             FROM stripe_balance WHERE order_id IS NOT NULL GROUP BY 1)
         SELECT currency, sum(ledger)::bigint AS ledger_minor, sum(stripe)::bigint AS stripe_minor,
                sum(on_way)::bigint AS on_its_way_minor, sum(since)::bigint AS since_minor,
                sum(orders)::bigint AS orders_minor,
                coalesce((SELECT sum(e.amount_minor) FROM ledger_entries e
                           WHERE e.account = 'bank' AND e.currency = sums.currency), 0)::bigint AS bank_minor,
                coalesce((SELECT sum(e.amount_minor) FROM ledger_entries e
                           WHERE e.account = 'stripe_fees' AND e.currency = sums.currency), 0)::bigint AS fees_minor
           FROM sums GROUP BY currency ORDER BY currency",
    )
    .load(conn)
    .await?)
}

/// The next lines of payouts, for a file.
pub(crate) async fn lines(conn: &mut Conn, after: &str, most: i64) -> Result<Vec<PayoutLine>, DbError> {
    Ok(diesel::sql_query(
        "SELECT b.id, p.id AS payout, p.arrives_at, p.status, b.kind, b.source, coalesce(o.reference, '') AS reference,
                coalesce(e.title, '') AS event_title, b.currency, b.amount_minor, b.fee_minor, b.net_minor, b.happened_at
           FROM stripe_balance b JOIN payouts p ON p.id = b.payout_id
           LEFT JOIN orders o ON o.id = b.order_id LEFT JOIN events e ON e.id = o.event_id
          WHERE (b.payout_id, b.id) > (split_part($1, '/', 1), split_part($1, '/', 2))
          ORDER BY b.payout_id, b.id LIMIT $2",
    )
    .bind::<Text, _>(after)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?)
}
