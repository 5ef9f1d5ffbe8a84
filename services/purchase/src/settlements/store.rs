//! The SQL of settlements: the figures of a night, as the books have them, and the series.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::settlement::{AccountLine, NamedDifference, NightMoney, TypeLine};
use internal_api::purchase::settlements::{Came, ListedSettlement};
use uuid::Uuid;

use crate::reconciliation;

#[derive(QueryableByName)]
struct Next {
    #[diesel(sql_type = BigInt)]
    last: i64,
    #[diesel(sql_type = Timestamptz)]
    last_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    minor: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// A settlement to be kept.
pub(super) struct NewSettlement<'a> {
    pub number: &'a str,
    pub year: i32,
    pub ordinal: i64,
    pub event: Uuid,
    pub replaces: Option<&'a str>,
    pub made_by: &'a str,
    pub made_at: DateTime<Utc>,
    pub file: &'a str,
}

/// Whatever is sold or given back meanwhile, all figures of a settlement are of one moment: what is signed adds up. Who settles at the
/// same time waits here, and sees this settlement then. Nothing may have been read in this transaction before.
pub(super) async fn at_one_moment(conn: &mut Conn) -> Result<(), DbError> {
    diesel::sql_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").execute(conn).await?;
    // The lock alone reads nothing: the moment is that of the first query behind it.
    diesel::sql_query("LOCK TABLE settlement_series IN SHARE ROW EXCLUSIVE MODE").execute(conn).await?;
    Ok(())
}

/// The next number of a year, and its time, which never goes back within the series. Who comes next waits for this number to stand, or
/// gets it if it does not, see [`at_one_moment`].
pub(super) async fn next(
    conn: &mut Conn,
    year: i32,
    now: DateTime<Utc>,
) -> Result<(i64, DateTime<Utc>), DbError> {
    let next: Next = diesel::sql_query(
        "INSERT INTO settlement_series AS s (year, last, last_at) VALUES ($1, 1, $2)
         ON CONFLICT (year) DO UPDATE SET last = s.last + 1, last_at = greatest(s.last_at, excluded.last_at)
         RETURNING last, last_at",
    )
    .bind::<Integer, _>(year)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok((next.last, next.last_at))
}

/// The number that stands for a night until now.
pub(super) async fn latest(conn: &mut Conn, event: Uuid) -> Result<Option<String>, DbError> {
    let latest = diesel::sql_query(
        "SELECT number AS word FROM settlements WHERE event_id = $1 ORDER BY year DESC, ordinal DESC LIMIT 1",
    )
    .bind::<SqlUuid, _>(event)
    .get_result::<Word>(conn)
    .await;
    Ok(latest.optional()?.map(|latest| latest.word))
}

pub(super) async fn insert(conn: &mut Conn, row: &NewSettlement<'_>) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO settlements (number, year, ordinal, event_id, replaces, made_by, made_at, file)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<Text, _>(row.number)
    .bind::<Integer, _>(row.year)
    .bind::<BigInt, _>(row.ordinal)
    .bind::<SqlUuid, _>(row.event)
    .bind::<Nullable<Text>, _>(row.replaces)
    .bind::<Text, _>(row.made_by)
    .bind::<Timestamptz, _>(row.made_at)
    .bind::<Text, _>(row.file)
    .execute(conn)
    .await?;
    Ok(())
}

/// A night's settlements, the newest first.
pub(super) async fn of_night(conn: &mut Conn, event: Uuid) -> Result<Vec<ListedSettlement>, DbError> {
    Ok(diesel::sql_query(
        "SELECT number, replaces, made_by, made_at FROM settlements WHERE event_id = $1 ORDER BY year DESC, ordinal DESC",
    )
    .bind::<SqlUuid, _>(event)
    .load(conn)
    .await?)
}

/// A signed file.
pub(super) async fn file(conn: &mut Conn, number: &str) -> Result<Option<String>, DbError> {
    let file = diesel::sql_query("SELECT file AS word FROM settlements WHERE number = $1")
        .bind::<Text, _>(number)
        .get_result::<Word>(conn)
        .await;
    Ok(file.optional()?.map(|file| file.word))
}

#[derive(QueryableByName)]
struct TypeRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    sold: i64,
    #[diesel(sql_type = BigInt)]
    returned: i64,
    #[diesel(sql_type = BigInt)]
    comps: i64,
    #[diesel(sql_type = BigInt)]
    gross: i64,
}

/// Tickets by type. One that was passed on is counted once, with its last holder.
pub(super) async fn types(conn: &mut Conn, event: Uuid, came: &[Came]) -> Result<Vec<TypeLine>, DbError> {
    let rows: Vec<TypeRow> = diesel::sql_query(
        "SELECT k.id, k.name,
                count(t.id) FILTER (WHERE o.channel <> 'comp') AS sold,
                count(t.id) FILTER (WHERE o.channel <> 'comp' AND t.state IN ('refunded', 'cancelled')) AS returned,
                count(t.id) FILTER (WHERE o.channel = 'comp' AND t.state NOT IN ('refunded', 'cancelled')) AS comps,
                (SELECT coalesce(sum(l.total_minor), 0)::bigint FROM order_lines l JOIN orders p ON p.id = l.order_id
                  WHERE l.ticket_type_id = k.id AND l.kind = 'ticket' AND p.paid_at IS NOT NULL AND p.channel <> 'comp') AS gross
           FROM ticket_types k
           LEFT JOIN tickets t ON t.ticket_type_id = k.id AND t.state <> 'revoked'
           LEFT JOIN orders o ON o.id = t.order_id
          WHERE k.event_id = $1 GROUP BY k.id, k.name, k.position ORDER BY k.position, k.id",
    )
    .bind::<SqlUuid, _>(event)
    .load(conn)
    .await?;
    let guests = |id: Uuid| came.iter().find(|came| came.ticket_type == id).map_or(0, |came| came.guests);
    let line = |row: TypeRow| TypeLine {
        came: guests(row.id),
        name: row.name,
        sold: row.sold,
        returned: row.returned,
        comps: row.comps,
        gross_minor: row.gross,
    };
    Ok(rows.into_iter().map(line).collect())
}

#[derive(QueryableByName)]
struct SaleRow {
    #[diesel(sql_type = BigInt)]
    gross: i64,
    #[diesel(sql_type = BigInt)]
    discounts: i64,
    #[diesel(sql_type = BigInt)]
    fees: i64,
    #[diesel(sql_type = BigInt)]
    tax: i64,
    #[diesel(sql_type = BigInt)]
    stripe_fees: i64,
    #[diesel(sql_type = BigInt)]
    paid_out: i64,
    #[diesel(sql_type = BigInt)]
    ledger: i64,
    #[diesel(sql_type = BigInt)]
    stripe: i64,
}

/// What the night came to, in its currency.
pub(super) async fn money(conn: &mut Conn, event: Uuid, currency: &str) -> Result<NightMoney, DbError> {
    let sums: SaleRow = diesel::sql_query(
        "WITH RECURSIVE
              paid AS (SELECT id FROM orders WHERE event_id = $1 AND paid_at IS NOT NULL AND channel <> 'comp' AND currency = $2),
              lines AS (SELECT l.* FROM order_lines l JOIN paid ON paid.id = l.order_id),
              balance AS (SELECT b.* FROM stripe_balance b JOIN orders o ON o.id = b.order_id
                           WHERE o.event_id = $1 AND b.currency = $2),
              books AS (SELECT * FROM order_books WHERE event_id = $1 AND currency = $2),
              -- What came back from the bank is a line of the payout after that.
              went (payout, now_in) AS (
                SELECT payout_id, payout_id FROM balance WHERE payout_id IS NOT NULL
                UNION
                SELECT went.payout, f.payout_id FROM went JOIN stripe_balance f ON f.source = went.now_in
                   AND f.kind IN ('payout_failure', 'payout_cancel') AND f.payout_id IS NOT NULL)
         SELECT coalesce((SELECT sum(total_minor) FROM lines WHERE kind = 'ticket'), 0)::bigint AS gross,
                coalesce((SELECT sum(total_minor) FROM lines WHERE kind = 'discount'), 0)::bigint AS discounts,
                coalesce((SELECT sum(total_minor) FROM lines WHERE kind = 'fee'), 0)::bigint AS fees,
                coalesce((SELECT sum(tax_minor) FROM lines), 0)::bigint AS tax,
                coalesce((SELECT -sum(fee_minor) FROM balance WHERE kind <> 'adjustment'), 0)::bigint AS stripe_fees,
                coalesce((SELECT sum(net_minor) FROM balance WHERE payout_id IN (
                            SELECT w.payout FROM went w JOIN payouts p ON p.id = w.now_in WHERE p.status = 'paid')), 0)::bigint AS paid_out,
                coalesce((SELECT sum(ledger_minor) FROM books), 0)::bigint AS ledger,
                coalesce((SELECT sum(stripe_minor) FROM books), 0)::bigint AS stripe",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Text, _>(currency)
    .get_result(conn)
    .await?;
    let accounts = accounts(conn, event, currency).await?;
    let of =
        |name: &str| accounts.iter().find(|line| line.account == name).map_or(0, |line| line.amount_minor);
    Ok(NightMoney {
        gross_minor: sums.gross,
        discounts_minor: sums.discounts,
        fees_minor: sums.fees,
        tax_minor: sums.tax,
        refunds_minor: -refunded(conn, event, currency).await?,
        disputes_minor: -of("disputes"),
        dispute_fees_minor: -of("dispute_fees"),
        cash_minor: of("cash_at_venue"),
        card_minor: of("card_at_venue"),
        transfer_minor: of("bank_transfer"),
        // What lapsed of a credit that the night gave is the club's, and no night's.
        credits_minor: of("credits") + of("lapsed_credits"),
        stripe_fees_minor: sums.stripe_fees,
        paid_out_minor: sums.paid_out,
        stripe_holds_minor: sums.stripe + sums.stripe_fees - sums.paid_out,
        ledger_minor: sums.ledger,
        stripe_minor: sums.stripe,
    })
}

/// What went back to guests of what the night sold, in money or as credit, fees and tax in it, less what the bank returned. Money that
/// became no order is in no sale, and its way back is none of this.
async fn refunded(conn: &mut Conn, event: Uuid, currency: &str) -> Result<i64, DbError> {
    let refunded: Sum = diesel::sql_query(
        "SELECT coalesce(-sum(e.amount_minor), 0)::bigint AS minor
           FROM ledger_transactions t JOIN orders o ON o.id = t.order_id
           JOIN ledger_entries e ON e.transaction_id = t.id AND e.currency = $2
            AND e.account IN ('stripe_clearing', 'cash_at_venue', 'card_at_venue', 'bank_transfer', 'credits')
          WHERE o.event_id = $1 AND t.source IN ('refund', 'refund_bounced', 'refund_otherwise')
            AND NOT EXISTS (SELECT FROM ledger_entries w WHERE w.transaction_id = t.id AND w.account = 'owed_to_guests')",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Text, _>(currency)
    .get_result(conn)
    .await?;
    Ok(refunded.minor)
}

#[derive(QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = Text)]
    account: String,
    #[diesel(sql_type = BigInt)]
    amount_minor: i64,
}

/// The night's ledger, account by account.
pub(super) async fn accounts(
    conn: &mut Conn,
    event: Uuid,
    currency: &str,
) -> Result<Vec<AccountLine>, DbError> {
    let rows: Vec<AccountRow> = diesel::sql_query(
        "SELECT e.account, sum(e.amount_minor)::bigint AS amount_minor
           FROM orders o JOIN ledger_transactions t ON t.order_id = o.id
           JOIN ledger_entries e ON e.transaction_id = t.id AND e.currency = $2
          WHERE o.event_id = $1 GROUP BY 1 ORDER BY 1",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Text, _>(currency)
    .load(conn)
    .await?;
    let line = |row: AccountRow| AccountLine { account: row.account, amount_minor: row.amount_minor };
    Ok(rows.into_iter().map(line).collect())
}

/// Orders of the night on which ledger and Stripe differ.
pub(super) async fn differences(
    conn: &mut Conn,
    event: Uuid,
    currency: &str,
) -> Result<Vec<NamedDifference>, DbError> {
    let found = reconciliation::store::differences_of(conn, event).await?;
    let ours = found.into_iter().filter(|one| one.currency == currency);
    Ok(ours
        .map(|one| NamedDifference {
            amount_minor: one.stripe_minor - one.ledger_minor,
            reference: one.reference,
            why: one.why,
        })
        .collect())
}
