//! The figures of a night, as the books have them.

use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::settlement::{AccountLine, NamedDifference, NightMoney, TypeLine};
use internal_api::purchase::settlements::Came;
use uuid::Uuid;

use crate::reconciliation;

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
pub(in crate::settlements) async fn types(
    conn: &mut Conn,
    event: Uuid,
    came: &[Came],
) -> Result<Vec<TypeLine>, DbError> {
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
          WHERE k.event_id = $1 AND (coalesce(k.terms ->> 'kind', 'entry') <> 'table' OR t.id IS NOT NULL)
          GROUP BY k.id, k.name, k.position ORDER BY k.position, k.id",
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
pub(in crate::settlements) async fn money(
    conn: &mut Conn,
    event: Uuid,
    currency: &str,
) -> Result<NightMoney, DbError> {
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

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    minor: i64,
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
pub(in crate::settlements) async fn accounts(
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
pub(in crate::settlements) async fn differences(
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
