//! The SQL of what the desk exports.

use db::{Conn, DbError};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use internal_api::purchase::exports::{
    BookedTotal, ExportedEntry, ExportedOrder, ExportedTicket, Movement, OpenTotal,
};
use uuid::Uuid;

use super::page::{MOST, Place};
use super::payments::Filter;

/// Orders in a page of the ledger's lines.
const ORDERS: i64 = 250;

fn rows(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

/// A night's orders after one of them.
pub(super) async fn orders(conn: &mut Conn, event: Uuid, after: Uuid) -> Result<Vec<ExportedOrder>, DbError> {
    Ok(diesel::sql_query(
        "SELECT o.id, o.reference, o.state, o.channel, o.buyer_name, o.buyer_email,
                coalesce(o.promo_code, '') AS promo_code, o.promoter, l.tickets, o.currency, o.total_minor,
                m.taken_minor, m.returned_minor, m.credit_spent_minor, m.credit_given_minor, o.created_at, o.paid_at
           FROM (SELECT * FROM orders WHERE event_id = $1 AND id > $2 ORDER BY id LIMIT $3) o
          CROSS JOIN LATERAL (SELECT coalesce(sum(places), 0)::bigint AS tickets FROM order_lines
                               WHERE order_id = o.id) l
          CROSS JOIN LATERAL (
            SELECT coalesce(sum(e.amount_minor) FILTER (
                     WHERE e.account <> 'credits' AND t.source IN ('payment', 'venue_sale')), 0)::bigint AS taken_minor,
                   coalesce(-sum(e.amount_minor) FILTER (
                     WHERE e.account <> 'credits' AND t.source NOT IN ('payment', 'venue_sale')), 0)::bigint AS returned_minor,
                   coalesce(sum(e.amount_minor) FILTER (
                     WHERE e.account = 'credits' AND t.source IN ('payment', 'venue_sale', 'credit_sale')), 0)::bigint
                     AS credit_spent_minor,
                   coalesce(-sum(e.amount_minor) FILTER (
                     WHERE e.account = 'credits' AND t.source IN ('refund', 'refund_otherwise')), 0)::bigint
                     AS credit_given_minor
              FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id
             WHERE t.order_id = o.id
               AND e.account IN ('stripe_clearing', 'cash_at_venue', 'card_at_venue', 'bank_transfer', 'credits')) m
          ORDER BY o.id",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<SqlUuid, _>(after)
    .bind::<BigInt, _>(rows(MOST))
    .load(conn)
    .await?)
}

/// A night's tickets after one of them; not those in whose place another stands.
pub(super) async fn guests(
    conn: &mut Conn,
    event: Uuid,
    after: Uuid,
) -> Result<Vec<ExportedTicket>, DbError> {
    Ok(diesel::sql_query(
        "SELECT t.id, o.reference, t.type_name, t.holder_name, coalesce(p.to_email, o.buyer_email) AS email,
                o.buyer_name, t.state, o.channel, t.attention, t.issued_at
           FROM (SELECT * FROM tickets WHERE event_id = $1 AND id > $2 AND state <> 'revoked' ORDER BY id LIMIT $3) t
           JOIN orders o ON o.id = t.order_id LEFT JOIN ticket_transfers p ON p.to_ticket = t.id
          ORDER BY t.id",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<SqlUuid, _>(after)
    .bind::<BigInt, _>(rows(MOST))
    .load(conn)
    .await?)
}

/// The ledger's lines of the next orders of a night that moved money.
pub(super) async fn ledger(conn: &mut Conn, event: Uuid, after: Uuid) -> Result<Vec<ExportedEntry>, DbError> {
    Ok(diesel::sql_query(
        "SELECT o.id AS order_id, o.reference, t.id AS transaction, t.source, t.booked_at, e.account, e.currency,
                e.amount_minor
           FROM (SELECT id, reference FROM orders WHERE event_id = $1 AND id > $2
                    AND EXISTS (SELECT FROM ledger_transactions WHERE order_id = orders.id) ORDER BY id LIMIT $3) o
           JOIN ledger_transactions t ON t.order_id = o.id JOIN ledger_entries e ON e.transaction_id = t.id
          ORDER BY o.id, t.booked_at, t.id, e.position",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<SqlUuid, _>(after)
    .bind::<BigInt, _>(ORDERS)
    .load(conn)
    .await?)
}

/// Movements of the ledger on the accounts where the club has its money. `$1`–`$6` are a [`Filter`].
const BOOKED: &str =
    "FROM ledger_transactions t JOIN orders o ON o.id = t.order_id JOIN events n ON n.id = o.event_id";
const WHICH_BOOKED: &str =
    "WHERE $6 IN ('', 'booked') AND t.booked_at <= $1 AND t.booked_at >= $2 AND t.booked_at < $3
       AND ($4 IS NULL OR o.event_id = $4)";

/// What a movement moved, as one line, and what it was at Stripe.
const MOVED: &str = "CROSS JOIN LATERAL (
        SELECT min(CASE account WHEN 'stripe_clearing' THEN 'online' ELSE account END) AS method,
               min(currency) AS currency, sum(amount_minor)::bigint AS amount_minor
          FROM ledger_entries WHERE transaction_id = t.id AND account = ANY($5) HAVING count(*) > 0) m
      LEFT JOIN refunds r ON t.source IN ('refund', 'refund_bounced', 'refund_otherwise') AND r.id = t.source_id
      LEFT JOIN payments p ON t.source = 'payment' AND p.id = t.source_id";

/// Refunds that are not booked as of `$1`: what became of them since is not told here. Nor are those of what cost nothing: no
/// money moves, so none is ever booked.
const OPEN: &str = "FROM refunds r JOIN orders o ON o.id = r.order_id JOIN events n ON n.id = o.event_id
     CROSS JOIN LATERAL (SELECT CASE r.state WHEN 'succeeded' THEN 'pending' WHEN 'settled_otherwise' THEN 'failed'
                                     ELSE r.state END AS state,
                                CASE WHEN o.channel IN ('cash_at_venue', 'card_at_venue') THEN o.channel
                                     ELSE 'stripe_clearing' END AS account) s
     WHERE r.amount_minor > r.credit_minor AND s.account = ANY($5) AND $6 IN ('', s.state)
       AND r.created_at <= $1 AND r.created_at >= $2 AND r.created_at < $3 AND ($4 IS NULL OR o.event_id = $4)
       AND (r.state NOT IN ('succeeded', 'settled_otherwise')
            OR NOT EXISTS (SELECT FROM ledger_transactions b
                            WHERE b.source = CASE r.state WHEN 'succeeded' THEN 'refund' ELSE 'refund_otherwise' END
                              AND b.source_id = r.id AND b.booked_at <= $1))";

/// A query with its [`Filter`]. A macro, for each has a type of its own.
macro_rules! filtered {
    ($query:expr, $filter:expr) => {
        diesel::sql_query($query)
            .bind::<Timestamptz, _>($filter.as_of)
            .bind::<Timestamptz, _>($filter.from)
            .bind::<Timestamptz, _>($filter.until)
            .bind::<Nullable<SqlUuid>, _>($filter.event)
            .bind::<Array<Text>, _>($filter.accounts.clone())
            .bind::<Text, _>($filter.state)
    };
}

/// The next movements, the newest first.
pub(super) async fn movements(
    conn: &mut Conn,
    filter: &Filter,
    begin: Place,
    most: usize,
) -> Result<Vec<Movement>, DbError> {
    let query = format!(
        "SELECT * FROM (
           (SELECT t.id, t.booked_at AS at, t.source AS kind, 'booked'::text AS state, m.method, o.reference,
                   n.title AS event_title, n.time_zone, m.currency, m.amount_minor, coalesce(r.reason, '') AS reason,
                   coalesce(p.payment_intent, r.stripe_refund, '') AS provider_id
              {BOOKED} {MOVED} {WHICH_BOOKED} AND (t.booked_at, t.id) < ($7, $8)
             ORDER BY t.booked_at DESC, t.id DESC LIMIT $9)
           UNION ALL
           (SELECT r.id, r.created_at, 'refund'::text, s.state,
                   CASE s.account WHEN 'stripe_clearing' THEN 'online' ELSE s.account END, o.reference, n.title,
                   n.time_zone, r.currency, r.credit_minor - r.amount_minor, r.reason, coalesce(r.stripe_refund, '')
              {OPEN} AND (r.created_at, r.id) < ($7, $8)
             ORDER BY r.created_at DESC, r.id DESC LIMIT $9)
         ) AS moved ORDER BY at DESC, id DESC LIMIT $9"
    );
    Ok(filtered!(query, filter)
        .bind::<Timestamptz, _>(begin.at)
        .bind::<SqlUuid, _>(begin.id)
        .bind::<BigInt, _>(rows(most))
        .load(conn)
        .await?)
}

/// What is booked, by how it came.
pub(super) async fn booked(conn: &mut Conn, filter: &Filter) -> Result<Vec<BookedTotal>, DbError> {
    let query = format!(
        "SELECT CASE e.account WHEN 'stripe_clearing' THEN 'online' ELSE e.account END AS method, e.currency,
                count(DISTINCT t.id) AS movements,
                coalesce(sum(e.amount_minor) FILTER (WHERE t.source IN ('payment', 'venue_sale')), 0)::bigint AS taken_minor,
                coalesce(-sum(e.amount_minor) FILTER (WHERE t.source NOT IN ('payment', 'venue_sale')), 0)::bigint
                  AS returned_minor,
                sum(e.amount_minor)::bigint AS left_minor
           {BOOKED} JOIN ledger_entries e ON e.transaction_id = t.id AND e.account = ANY($5)
           {WHICH_BOOKED} GROUP BY 1, 2 ORDER BY 2, 1"
    );
    Ok(filtered!(query, filter).load(conn).await?)
}

/// What is not booked, by where it stands.
pub(super) async fn open(conn: &mut Conn, filter: &Filter) -> Result<Vec<OpenTotal>, DbError> {
    let query = format!(
        "SELECT s.state, r.currency, count(*) AS movements, sum(r.amount_minor - r.credit_minor)::bigint AS amount_minor
           {OPEN} GROUP BY 1, 2 ORDER BY 2, 1"
    );
    Ok(filtered!(query, filter).load(conn).await?)
}
