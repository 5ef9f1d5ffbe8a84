//! The SQL of credits and their uses.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::credit::{self, Credit};
use domain::ids::OrderId;
use domain::promo::PromoCode;
use internal_api::purchase::exports::OpenCredits;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{CreditOffer, Spent};
use crate::inventory::HoldRequest;
use crate::promos::PromoOffer;
use crate::refunds::store::RefundRow;

#[derive(QueryableByName)]
struct CreditRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Binary)]
    code_hash: Vec<u8>,
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = BigInt)]
    balance_minor: i64,
    #[diesel(sql_type = Timestamptz)]
    expires_at: DateTime<Utc>,
}

impl CreditRow {
    fn offer(self) -> CreditOffer {
        let Self { id, currency, balance_minor, expires_at, .. } = self;
        CreditOffer { id, credit: Credit { currency, balance_minor, expires_at } }
    }
}

/// By what a code is found. It has too many bits to be guessed back from it.
fn hash(code: &PromoCode) -> Vec<u8> {
    Sha256::digest(credit::plain(code).as_bytes()).to_vec()
}

/// Locks the credits that a batch's guests name, after its promos, and says what is left of each. A promo's code is none.
pub(crate) async fn read(
    conn: &mut Conn,
    requests: &[&HoldRequest],
    promos: &HashMap<PromoCode, PromoOffer>,
) -> Result<HashMap<PromoCode, CreditOffer>, DbError> {
    // Promos' codes are looked for with the others: how long it takes tells nobody which codes there are.
    let codes: BTreeSet<&PromoCode> = requests.iter().filter_map(|request| request.promo.as_ref()).collect();
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| hash(code)).collect();
    let rows: Vec<CreditRow> = diesel::sql_query(
        "SELECT id, code_hash, currency, balance_minor, expires_at FROM credits
          WHERE code_hash = ANY($1) ORDER BY id FOR NO KEY UPDATE",
    )
    .bind::<Array<Binary>, _>(hashes)
    .load(conn)
    .await?;
    let found = codes.into_iter().filter(|code| !promos.contains_key(*code)).filter_map(|code| {
        let hash = hash(code);
        let row = rows.iter().find(|row| row.code_hash == hash)?;
        let credit = Credit {
            currency: row.currency.clone(),
            balance_minor: row.balance_minor,
            expires_at: row.expires_at,
        };
        Some((code.clone(), CreditOffer { id: row.id, credit }))
    });
    Ok(found.collect())
}

/// The credit that a code names, as it is now; nothing is locked.
pub(crate) async fn find(conn: &mut Conn, code: &PromoCode) -> Result<Option<CreditOffer>, DbError> {
    let found: Option<CreditRow> = diesel::sql_query(
        "SELECT id, code_hash, currency, balance_minor, expires_at FROM credits WHERE code_hash = $1",
    )
    .bind::<Binary, _>(hash(code))
    .get_result(conn)
    .await
    .optional()?;
    Ok(found.map(CreditRow::offer))
}

/// Takes what orders of a batch spend. The caller has locked the credits and seen that there is enough; the CHECK would refuse it
/// otherwise.
pub(crate) async fn spend(conn: &mut Conn, uses: &[(Uuid, Spent, bool)]) -> Result<(), DbError> {
    if uses.is_empty() {
        return Ok(());
    }
    let orders: Vec<Uuid> = uses.iter().map(|(order, ..)| *order).collect();
    let credits: Vec<Uuid> = uses.iter().map(|(_, spent, _)| spent.credit).collect();
    let amounts: Vec<i64> = uses.iter().map(|(_, spent, _)| spent.amount_minor).collect();
    let states: Vec<&str> = uses.iter().map(|(.., paid)| if *paid { "used" } else { "held" }).collect();
    diesel::sql_query(
        "WITH spent AS (
           SELECT * FROM unnest($1, $2, $3, $4) AS t (order_id, credit_id, amount_minor, state)
         ), written AS (
           INSERT INTO credit_uses (order_id, credit_id, amount_minor, state)
           SELECT order_id, credit_id, amount_minor, state FROM spent
         )
         UPDATE credits SET balance_minor = credits.balance_minor - t.amount_minor
           FROM (SELECT credit_id, sum(amount_minor)::bigint AS amount_minor FROM spent GROUP BY credit_id) AS t
          WHERE credits.id = t.credit_id",
    )
    .bind::<Array<SqlUuid>, _>(orders)
    .bind::<Array<SqlUuid>, _>(credits)
    .bind::<Array<BigInt>, _>(amounts)
    .bind::<Array<Text>, _>(states)
    .execute(conn)
    .await?;
    Ok(())
}

/// The hold that held a use is over: the credit has its amount back. Called under the order's lock, after the promo's.
pub(crate) async fn free(conn: &mut Conn, order: OrderId) -> Result<(), DbError> {
    diesel::sql_query(
        "WITH spent AS (
           UPDATE credit_uses SET state = 'freed' WHERE order_id = $1 AND state = 'held' RETURNING credit_id, amount_minor
         )
         UPDATE credits SET balance_minor = balance_minor + spent.amount_minor FROM spent WHERE credits.id = spent.credit_id",
    )
    .bind::<SqlUuid, _>(order.uuid())
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Yes {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// Late money wants what its hold had freed again: whether it could be had.
pub(crate) async fn take_again(conn: &mut Conn, order: OrderId) -> Result<bool, DbError> {
    let had: Yes = diesel::sql_query(
        "WITH freed AS (
           SELECT credit_id, amount_minor FROM credit_uses WHERE order_id = $1 AND state = 'freed'
         ), taken AS (
           UPDATE credits SET balance_minor = balance_minor - freed.amount_minor FROM freed
            WHERE credits.id = freed.credit_id AND balance_minor >= freed.amount_minor RETURNING credits.id
         ), used AS (
           UPDATE credit_uses SET state = 'used' FROM taken WHERE order_id = $1 RETURNING order_id
         )
         SELECT (SELECT count(*) FROM freed) = (SELECT count(*) FROM used) AS yes",
    )
    .bind::<SqlUuid, _>(order.uuid())
    .get_result(conn)
    .await?;
    Ok(had.yes)
}

#[derive(QueryableByName)]
struct Part {
    #[diesel(sql_type = BigInt)]
    money_minor: i64,
}

/// What of the money that paid an order has not gone back, and is not about to, minor units.
pub(crate) async fn money_left(conn: &mut Conn, order: OrderId) -> Result<i64, DbError> {
    let left: Part = diesel::sql_query(
        "SELECT o.total_minor - coalesce((SELECT sum(r.amount_minor - r.credit_minor) FROM refunds r
                  WHERE r.order_id = o.id AND r.scope <> 'payment' AND r.state <> 'withdrawn'), 0)::bigint AS money_minor
           FROM orders o WHERE o.id = $1",
    )
    .bind::<SqlUuid, _>(order.uuid())
    .get_result(conn)
    .await?;
    Ok(left.money_minor.max(0))
}

/// How much of what goes back of an order is no money: what is over what was paid in money and has not gone back so far. Nothing, of
/// an order without credit.
pub(crate) async fn part_of(conn: &mut Conn, order: OrderId, amount_minor: i64) -> Result<i64, DbError> {
    Ok((amount_minor - money_left(conn, order).await?).max(0))
}

/// Writes down a credit that a refund is. Its code is known to its guest alone.
pub(crate) async fn issue(
    conn: &mut Conn,
    refund: &RefundRow,
    code: &PromoCode,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO credits (id, code_hash, order_id, refund_id, currency, amount_minor, balance_minor, issued_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Binary, _>(hash(code))
    .bind::<SqlUuid, _>(refund.order)
    .bind::<SqlUuid, _>(refund.id)
    .bind::<Text, _>(&refund.currency)
    .bind::<BigInt, _>(refund.credit_minor)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// What an order had spent is back on its credit, which is good until then at least.
pub(crate) async fn put_back(
    conn: &mut Conn,
    order: OrderId,
    amount_minor: i64,
    expires_at: DateTime<Utc>,
) -> Result<(), DbError> {
    let back = diesel::sql_query(
        "WITH back AS (
           UPDATE credit_uses SET returned_minor = returned_minor + $2 WHERE order_id = $1 AND state = 'used' RETURNING credit_id
         )
         UPDATE credits SET balance_minor = balance_minor + $2, expires_at = greatest(expires_at, $3)
           FROM back WHERE credits.id = back.credit_id",
    )
    .bind::<SqlUuid, _>(order.uuid())
    .bind::<BigInt, _>(amount_minor)
    .bind::<Timestamptz, _>(expires_at)
    .execute(conn)
    .await?;
    if back == 1 { Ok(()) } else { Err(DbError::NotFound) }
}

/// A credit that lapses.
#[derive(QueryableByName)]
pub(crate) struct Lapsed {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// What it was given for.
    #[diesel(sql_type = SqlUuid)]
    pub order_id: Uuid,
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// What lapses now.
    #[diesel(sql_type = BigInt)]
    pub amount_minor: i64,
    /// What has lapsed of it in all.
    #[diesel(sql_type = BigInt)]
    pub lapsed_minor: i64,
}

/// Takes what is left of credits whose time is over. One that somebody holds at this moment waits for the next round.
pub(crate) async fn lapse(conn: &mut Conn, now: DateTime<Utc>, most: i64) -> Result<Vec<Lapsed>, DbError> {
    let rows = diesel::sql_query(
        "WITH due AS (
           SELECT id, balance_minor FROM credits WHERE balance_minor > 0 AND expires_at <= $1
            ORDER BY expires_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
         )
         UPDATE credits SET balance_minor = 0, lapsed_minor = credits.lapsed_minor + due.balance_minor
           FROM due WHERE credits.id = due.id
         RETURNING credits.id, credits.order_id, credits.currency, due.balance_minor AS amount_minor, credits.lapsed_minor",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows)
}

/// How much an order's guest was given as credit instead of money, or is about to be, minor units.
pub(crate) async fn given_for(conn: &mut Conn, order: OrderId) -> Result<i64, DbError> {
    let given: Given = diesel::sql_query(
        "SELECT coalesce(sum(amount_minor), 0)::bigint AS given_minor FROM refunds
          WHERE order_id = $1 AND as_credit AND state <> 'withdrawn'",
    )
    .bind::<SqlUuid, _>(order.uuid())
    .get_result(conn)
    .await?;
    Ok(given.given_minor)
}

#[derive(QueryableByName)]
struct Given {
    #[diesel(sql_type = BigInt)]
    given_minor: i64,
}

/// Whether a credit paid an order, or a part of it.
pub(crate) async fn paid(conn: &mut Conn, order: OrderId) -> Result<bool, DbError> {
    let paid: Yes = diesel::sql_query(
        "SELECT EXISTS (SELECT FROM credit_uses WHERE order_id = $1 AND state = 'used') AS yes",
    )
    .bind::<SqlUuid, _>(order.uuid())
    .get_result(conn)
    .await?;
    Ok(paid.yes)
}

/// What is left of all credits, by currency.
pub(crate) async fn open(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<OpenCredits>, DbError> {
    let rows = diesel::sql_query(
        "SELECT currency, count(*) FILTER (WHERE expires_at > $1 AND balance_minor > 0) AS credits,
                coalesce(sum(balance_minor) FILTER (WHERE expires_at > $1), 0)::bigint AS open_minor,
                (coalesce(sum(balance_minor) FILTER (WHERE expires_at <= $1), 0) + sum(lapsed_minor))::bigint AS lapsed_minor
           FROM credits WHERE balance_minor + lapsed_minor > 0 GROUP BY currency ORDER BY currency",
    )
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows)
}

/// A credit as the page of the order says it that it was given for.
#[derive(Debug, QueryableByName)]
pub(crate) struct OfOrder {
    #[diesel(sql_type = BigInt)]
    pub balance_minor: i64,
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
}

/// The credits that were given for an order, in the order in which they were.
pub(crate) async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<OfOrder>, DbError> {
    let given = diesel::sql_query(
        "SELECT balance_minor, expires_at FROM credits WHERE order_id = $1 ORDER BY issued_at, id",
    )
    .bind::<SqlUuid, _>(order.uuid())
    .load(conn)
    .await?;
    Ok(given)
}
