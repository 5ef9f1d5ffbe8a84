//! The SQL of payouts.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use internal_api::purchase::payouts::{Balance, Look, Part, Payout, PayoutLine};
use uuid::Uuid;

use crate::payments::stripe::payouts::{BalanceLine, PayoutAnswer};

#[derive(QueryableByName)]
struct Keyed {
    #[diesel(sql_type = SqlUuid)]
    key: Uuid,
}

#[derive(QueryableByName)]
struct Ordered {
    #[diesel(sql_type = SqlUuid)]
    order_id: Uuid,
}

#[derive(QueryableByName)]
struct Moment {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    id: String,
}

/// A payout as it stands here.
#[derive(Debug, QueryableByName)]
pub(super) struct Put {
    #[diesel(sql_type = SqlUuid)]
    pub key: Uuid,
    #[diesel(sql_type = Text)]
    pub status: String,
}

/// A line that was of no order, with the order that it is of.
#[derive(Debug, QueryableByName)]
pub(super) struct Found {
    #[diesel(sql_type = Text)]
    pub id: String,
    #[diesel(sql_type = SqlUuid)]
    pub key: Uuid,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = SqlUuid)]
    pub order_id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub amount_minor: i64,
    #[diesel(sql_type = BigInt)]
    pub fee_minor: i64,
    #[diesel(sql_type = Text)]
    pub currency: String,
}

// ---------------------------------------------------------------- looks

/// Begins a look, unless another process began one after `busy_since` and is still at it.
pub(super) async fn begin(
    conn: &mut Conn,
    now: DateTime<Utc>,
    busy_since: DateTime<Utc>,
) -> Result<Option<i64>, DbError> {
    let begun: Result<Count, _> = diesel::sql_query(
        "INSERT INTO payout_looks (started_at)
         SELECT $1 WHERE NOT EXISTS (SELECT FROM payout_looks WHERE finished_at IS NULL AND started_at > $2)
         RETURNING id AS n",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(busy_since)
    .get_result(conn)
    .await;
    Ok(begun.optional()?.map(|begun| begun.n))
}

pub(super) async fn end(
    conn: &mut Conn,
    id: i64,
    read: (i64, i64),
    problem: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE payout_looks SET finished_at = $2, lines = $3, payouts = $4, problem = $5 WHERE id = $1",
    )
    .bind::<BigInt, _>(id)
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(read.0)
    .bind::<BigInt, _>(read.1)
    .bind::<Nullable<Text>, _>(problem)
    .execute(conn)
    .await?;
    Ok(())
}

async fn moment(conn: &mut Conn, query: &'static str) -> Result<Option<DateTime<Utc>>, DbError> {
    Ok(diesel::sql_query(query).get_result::<Moment>(conn).await?.at)
}

/// When the last look began, whatever came of it.
pub(super) async fn begun(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, DbError> {
    moment(conn, "SELECT max(started_at) AS at FROM payout_looks").await
}

/// When the last look began that went well.
pub(crate) async fn last(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, DbError> {
    moment(
        conn,
        "SELECT max(started_at) AS at FROM payout_looks WHERE finished_at IS NOT NULL AND problem IS NULL",
    )
    .await
}

/// When the first payment was captured.
pub(super) async fn first_payment(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, DbError> {
    moment(conn, "SELECT min(captured_at) AS at FROM payments").await
}

/// The last look that ended.
pub(super) async fn look(conn: &mut Conn) -> Result<Option<Look>, DbError> {
    let look = diesel::sql_query(
        "SELECT started_at, lines, payouts, problem FROM payout_looks WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1",
    )
    .get_result(conn)
    .await;
    Ok(look.optional()?)
}

// ---------------------------------------------------------------- lines of the balance

/// The order of ours that a line is of, by the payment or the dispute behind it.
pub(super) async fn order_of(conn: &mut Conn, intent: &str, source: &str) -> Result<Option<Uuid>, DbError> {
    let found = diesel::sql_query(
        "SELECT order_id FROM payments WHERE payment_intent = $1
         UNION SELECT order_id FROM disputes WHERE stripe_dispute = $2 LIMIT 1",
    )
    .bind::<Text, _>(intent)
    .bind::<Text, _>(source)
    .get_result::<Ordered>(conn)
    .await;
    Ok(found.optional()?.map(|found| found.order_id))
}

/// Writes a line down; its key, if it is new.
pub(super) async fn add(
    conn: &mut Conn,
    line: &BalanceLine,
    order: Option<Uuid>,
    booked: &str,
) -> Result<Option<Uuid>, DbError> {
    let added = diesel::sql_query(
        "INSERT INTO stripe_balance (id, key, kind, source, payment_intent, order_id, amount_minor, fee_minor, currency,
                                     happened_at, booked)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING RETURNING key",
    )
    .bind::<Text, _>(&line.id)
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Text, _>(&line.kind)
    .bind::<Text, _>(&line.source)
    .bind::<Text, _>(&line.payment_intent)
    .bind::<Nullable<SqlUuid>, _>(order)
    .bind::<BigInt, _>(line.amount_minor)
    .bind::<BigInt, _>(line.fee_minor)
    .bind::<Text, _>(&line.currency)
    .bind::<Timestamptz, _>(line.at)
    .bind::<Text, _>(booked)
    .get_result::<Keyed>(conn)
    .await;
    Ok(added.optional()?.map(|added| added.key))
}

/// Lines of no order whose payment or dispute is known by now.
pub(super) async fn foreign_no_more(conn: &mut Conn) -> Result<Vec<Found>, DbError> {
    Ok(diesel::sql_query(
        "SELECT b.id, b.key, b.kind, coalesce(p.order_id, d.order_id) AS order_id, b.amount_minor, b.fee_minor, b.currency
           FROM stripe_balance b
           LEFT JOIN payments p ON p.payment_intent = b.payment_intent
           LEFT JOIN disputes d ON d.stripe_dispute = b.source
          WHERE b.booked = 'foreign' AND coalesce(p.order_id, d.order_id) IS NOT NULL
            AND b.kind IN ('adjustment', 'charge', 'payment', 'refund', 'payment_refund', 'refund_failure',
                           'payment_failure_refund')
          ORDER BY b.id LIMIT 1000",
    )
    .load(conn)
    .await?)
}

/// Gives a line its order. False: somebody else has.
pub(super) async fn is_of_order(
    conn: &mut Conn,
    id: &str,
    order: Uuid,
    booked: &str,
) -> Result<bool, DbError> {
    let changed = diesel::sql_query(
        "UPDATE stripe_balance SET order_id = $2, booked = $3 WHERE id = $1 AND booked = 'foreign'",
    )
    .bind::<Text, _>(id)
    .bind::<SqlUuid, _>(order)
    .bind::<Text, _>(booked)
    .execute(conn)
    .await?;
    Ok(changed == 1)
}

// ---------------------------------------------------------------- payouts

/// Writes a payout down as it stands; what has come back stays so, and what is at the bank goes nowhere but back. The row is locked until the transaction ends.
pub(super) async fn put(conn: &mut Conn, seen: &PayoutAnswer, now: DateTime<Utc>) -> Result<Put, DbError> {
    Ok(diesel::sql_query(
        "INSERT INTO payouts AS p (id, key, amount_minor, currency, status, automatic, made_at, arrives_at, failure, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (id) DO UPDATE SET
           status = CASE WHEN p.status IN ('failed', 'canceled') THEN p.status
                         WHEN p.status = 'paid' AND excluded.status NOT IN ('failed', 'canceled') THEN p.status
                         ELSE excluded.status END,
           failure = CASE WHEN p.failure <> '' THEN p.failure ELSE excluded.failure END,
           arrives_at = excluded.arrives_at, seen_at = excluded.seen_at
         RETURNING key, status",
    )
    .bind::<Text, _>(&seen.id)
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<BigInt, _>(seen.amount_minor)
    .bind::<Text, _>(&seen.currency)
    .bind::<Text, _>(&seen.status)
    .bind::<Bool, _>(seen.automatic)
    .bind::<Timestamptz, _>(seen.made_at)
    .bind::<Timestamptz, _>(seen.arrives_at)
    .bind::<Text, _>(&seen.failure)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?)
}

/// Whether what a payout is made of was read: Stripe says the same ever after.
pub(super) async fn contents_known(conn: &mut Conn, id: &str) -> Result<bool, DbError> {
    let known: Count =
        diesel::sql_query("SELECT count(*) AS n FROM payouts WHERE id = $1 AND contents_known")
            .bind::<Text, _>(id)
            .get_result(conn)
            .await?;
    Ok(known.n > 0)
}

/// These lines, all of them, were paid out by a payout.
pub(super) async fn made_of(conn: &mut Conn, payout: &str, lines: &[String]) -> Result<(), DbError> {
    diesel::sql_query("UPDATE stripe_balance SET payout_id = $1 WHERE id = ANY($2)")
        .bind::<Text, _>(payout)
        .bind::<Array<Text>, _>(lines)
        .execute(conn)
        .await?;
    diesel::sql_query("UPDATE payouts SET contents_known = true WHERE id = $1")
        .bind::<Text, _>(payout)
        .execute(conn)
        .await?;
    Ok(())
}

/// Payouts that are not at the bank yet.
pub(super) async fn on_their_way(conn: &mut Conn) -> Result<Vec<String>, DbError> {
    let rows: Vec<Named> = diesel::sql_query(
        "SELECT id FROM payouts WHERE status NOT IN ('paid', 'failed', 'canceled') ORDER BY id LIMIT 200",
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The payouts that arrive last, with what of each Stripe has named.
pub(super) async fn payouts(conn: &mut Conn) -> Result<Vec<Payout>, DbError> {
    Ok(diesel::sql_query(
        "SELECT p.id, p.amount_minor, p.currency, p.status, p.automatic, p.made_at, p.arrives_at, p.failure, p.contents_known
           FROM payouts p ORDER BY p.arrives_at DESC, p.id DESC LIMIT 100",
    )
    .load(conn)
    .await?)
}

/// What those are made of: a line for each night, one for what is of no night of ours, without the payout's own line.
pub(super) async fn parts(conn: &mut Conn) -> Result<Vec<Part>, DbError> {
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
           FROM (SELECT id FROM payouts ORDER BY arrives_at DESC, id DESC LIMIT 100) p
           JOIN stripe_balance b ON b.payout_id = p.id AND b.kind <> 'payout'
           LEFT JOIN orders o ON o.id = b.order_id LEFT JOIN events e ON e.id = o.event_id
          GROUP BY b.payout_id, e.id, e.title, e.starts_at, e.time_zone
          ORDER BY b.payout_id, e.starts_at NULLS LAST, e.id",
    )
    .load(conn)
    .await?)
}

/// What the books say Stripe holds, what Stripe's lines come to, and what the difference is made of; by currency.
pub(super) async fn balances(conn: &mut Conn) -> Result<Vec<Balance>, DbError> {
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
