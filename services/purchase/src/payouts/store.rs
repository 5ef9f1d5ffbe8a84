//! The SQL of payouts.

mod shown;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

pub(crate) use self::shown::lines;
pub(super) use self::shown::{balances, is_known, look, parts, payouts};
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

/// Begins a look, unless another one is under way: the index lets one be, whoever begins at the same moment. One whose lease is over
/// has broken off, and is written down as that. Runs in a transaction of the caller's.
pub(super) async fn begin(
    conn: &mut Conn,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<i64>, DbError> {
    diesel::sql_query(
        "UPDATE payout_looks SET finished_at = $1, problem = 'it broke off with its process'
          WHERE finished_at IS NULL AND busy_until <= $1",
    )
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    let begun: Result<Count, _> = diesel::sql_query(
        "INSERT INTO payout_looks (started_at, busy_until) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id AS n",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(until)
    .get_result(conn)
    .await;
    Ok(begun.optional()?.map(|begun| begun.n))
}

/// A look is still under way. False: it was taken for broken off.
pub(super) async fn renew(conn: &mut Conn, id: i64, until: DateTime<Utc>) -> Result<bool, DbError> {
    let renewed =
        diesel::sql_query("UPDATE payout_looks SET busy_until = $2 WHERE id = $1 AND finished_at IS NULL")
            .bind::<BigInt, _>(id)
            .bind::<Timestamptz, _>(until)
            .execute(conn)
            .await?;
    Ok(renewed == 1)
}

/// Ends a look; one that was taken for broken off has ended.
pub(super) async fn end(
    conn: &mut Conn,
    id: i64,
    read: (i64, i64),
    problem: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE payout_looks SET finished_at = $2, lines = $3, payouts = $4, problem = $5
          WHERE id = $1 AND finished_at IS NULL",
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

/// How far the balance is read, by looks that went well and by those that broke off.
pub(super) async fn read_to(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, DbError> {
    moment(
        conn,
        "SELECT greatest(max(started_at) FILTER (WHERE finished_at IS NOT NULL AND problem IS NULL), max(read_until)) AS at
         FROM payout_looks",
    )
    .await
}

/// A look has read the balance so far.
pub(super) async fn read_until(conn: &mut Conn, look: i64, until: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query("UPDATE payout_looks SET read_until = $2 WHERE id = $1")
        .bind::<BigInt, _>(look)
        .bind::<Timestamptz, _>(until)
        .execute(conn)
        .await?;
    Ok(())
}

/// When the first payment was captured.
pub(super) async fn first_payment(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, DbError> {
    moment(conn, "SELECT min(captured_at) AS at FROM payments").await
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
